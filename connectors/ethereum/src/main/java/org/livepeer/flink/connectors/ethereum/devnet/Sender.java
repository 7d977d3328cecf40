package org.livepeer.flink.connectors.ethereum.devnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;

/** Sends transactions of accounts that the node itself signs for, and waits for them. */
final class Sender {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long GAS = 20_000_000;
    private static final long MOST_WEI_PER_GAS = 10_000_000_000L;

    private final EthRpc rpc;

    Sender(EthRpc rpc) {
        this.rpc = rpc;
    }

    /**
     * Sends.
     *
     * @param to null makes a contract
     * @param data in hex
     * @return its receipt
     * @throws IllegalStateException when it failed
     */
    JsonNode send(String from, @Nullable String to, String data, BigInteger wei)
            throws RpcException {
        Map<String, Object> transaction = new LinkedHashMap<>();
        transaction.put("from", from);
        if (to != null) {
            transaction.put("to", to);
        }
        transaction.put("data", data);
        transaction.put("value", "0x" + wei.toString(16));
        transaction.put("gas", EthRpc.hex(GAS));
        transaction.put("maxFeePerGas", EthRpc.hex(MOST_WEI_PER_GAS));
        transaction.put("maxPriorityFeePerGas", EthRpc.hex(1));
        String hash = rpc.call("eth_sendTransaction", transaction).asText();
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode receipt = rpc.call("eth_getTransactionReceipt", hash);
        while (!receipt.isObject() && System.nanoTime() - end < 0) {
            pause();
            receipt = rpc.call("eth_getTransactionReceipt", hash);
        }
        if (!receipt.path("status").asText().equals("0x1")) {
            throw new IllegalStateException(
                    "transaction " + hash + " to " + to + " failed: " + why(transaction));
        }
        return receipt;
    }

    private String why(Map<String, Object> transaction) {
        try {
            rpc.call("eth_call", transaction, "latest");
            return "nobody knows why";
        } catch (RpcException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
