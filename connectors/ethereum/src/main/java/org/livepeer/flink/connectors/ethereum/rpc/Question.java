package org.livepeer.flink.connectors.ethereum.rpc;

import java.util.List;
import java.util.Map;

/**
 * What a node is asked.
 *
 * @param parameters text, numbers, booleans, lists, maps or JSON
 */
public record Question(String method, List<Object> parameters) {
    /** Of a method and its parameters. */
    public static Question of(String method, Object... parameters) {
        return new Question(method, List.of(parameters));
    }

    /**
     * What a contract says, without a transaction.
     *
     * @param contract 0x and 40 digits
     * @param data in hex
     * @param block a number in hex, or {@code latest}
     */
    public static Question view(String contract, String data, String block) {
        return of("eth_call", Map.of("to", contract, "data", data), block);
    }
}
