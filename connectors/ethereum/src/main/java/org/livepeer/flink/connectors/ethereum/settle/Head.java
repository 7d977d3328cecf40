package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;

/**
 * The newest block.
 *
 * @param hash 0x and 64 digits
 * @param timeMs the chain's clock, ms since the epoch
 * @param baseFee wei of a unit of gas
 * @param mostGas of a transaction
 */
public record Head(
        long number, String hash, long l1Number, long timeMs, BigInteger baseFee, long mostGas) {
    /** Arbitrum's, whose blocks name a limit that no transaction may come near. */
    private static final long MOST_GAS_OF_ARBITRUM = 32_000_000;

    /**
     * Reads a block.
     *
     * @throws IOException when it makes no sense
     */
    public static Head read(JsonNode block) throws IOException {
        try {
            long number = Questions.quantity(block.path("number")).longValueExact();
            JsonNode l1 = block.path("l1BlockNumber");
            JsonNode baseFee = block.path("baseFeePerGas");
            long mostGas = Questions.quantity(block.path("gasLimit")).longValueExact();
            return new Head(
                    number,
                    block.path("hash").asText(),
                    l1.isTextual() ? Questions.quantity(l1).longValueExact() : number,
                    Questions.quantity(block.path("timestamp")).longValueExact() * 1_000,
                    baseFee.isTextual() ? Questions.quantity(baseFee) : BigInteger.ZERO,
                    l1.isTextual() ? Math.min(mostGas, MOST_GAS_OF_ARBITRUM) : mostGas);
        } catch (ArithmeticException e) {
            throw new IOException("a block makes no sense: " + e.getMessage(), e);
        }
    }

    /** How nodes write its number. */
    public String tag() {
        return EthRpc.hex(number);
    }

    /** How nodes write the number of the block that lies so many before it. */
    String tagBefore(int blocks) {
        return EthRpc.hex(Math.max(0, number - blocks));
    }
}
