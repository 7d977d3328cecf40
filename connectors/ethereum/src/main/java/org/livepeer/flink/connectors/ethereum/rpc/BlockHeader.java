package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A block without its transactions.
 *
 * @param hash 32 bytes
 * @param parentHash 32 bytes
 * @param l1Number Arbitrum's {@code l1BlockNumber}; the number itself where a node tells none
 * @param timeMs the chain's clock, ms since the epoch
 */
public record BlockHeader(long number, byte[] hash, byte[] parentHash, long l1Number, long timeMs) {
    private static final int HASH = 32;

    static BlockHeader read(JsonNode block) throws RpcException {
        long number = EthRpc.count(block.path("number"));
        JsonNode l1 = block.path("l1BlockNumber");
        return new BlockHeader(
                number,
                EthRpc.bytes(block.path("hash"), HASH),
                EthRpc.bytes(block.path("parentHash"), HASH),
                l1.isTextual() ? EthRpc.count(l1) : number,
                EthRpc.count(block.path("timestamp")) * 1_000);
    }
}
