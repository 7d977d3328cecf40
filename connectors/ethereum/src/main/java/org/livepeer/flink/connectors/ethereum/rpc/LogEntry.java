package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a contract logged.
 *
 * @param address of the contract, 20 bytes
 * @param topics 32 bytes each; the first says which event it is
 * @param blockHash 32 bytes
 * @param transaction its hash, 32 bytes
 * @param index within the block
 */
public record LogEntry(
        byte[] address,
        List<byte[]> topics,
        byte[] data,
        long block,
        byte[] blockHash,
        byte[] transaction,
        int index) {
    private static final int ADDRESS = 20;
    private static final int WORD = 32;

    /** As {@code eth_getLogs} gives it. */
    public static LogEntry read(JsonNode log) throws RpcException {
        List<byte[]> topics = new ArrayList<>();
        for (JsonNode each : log.path("topics")) {
            topics.add(EthRpc.bytes(each, WORD));
        }
        return new LogEntry(
                EthRpc.bytes(log.path("address"), ADDRESS),
                topics,
                EthRpc.bytes(log.path("data")),
                EthRpc.count(log.path("blockNumber")),
                EthRpc.bytes(log.path("blockHash"), WORD),
                EthRpc.bytes(log.path("transactionHash"), WORD),
                (int) Math.min(Integer.MAX_VALUE, EthRpc.count(log.path("logIndex"))));
    }
}
