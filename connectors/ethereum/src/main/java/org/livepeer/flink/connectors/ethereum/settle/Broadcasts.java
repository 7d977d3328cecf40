package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.web3j.crypto.TransactionDecoder;

/** Sends signed transactions. */
final class Broadcasts {
    private final EthRpc rpc;

    Broadcasts(EthRpc rpc) {
        this.rpc = rpc;
    }

    /**
     * Sends them in the order of their numbers, which some nodes insist on. One that a node refuses
     * and knows all the same is taken: what nodes say of one that they have already differs.
     *
     * @param signed by hash
     * @return what the node said to each that it did not take, by hash
     * @throws IOException when no node answers
     */
    Map<String, String> send(Map<String, byte[]> signed) throws IOException {
        List<Map.Entry<String, byte[]>> ordered = new ArrayList<>(signed.entrySet());
        ordered.sort(Comparator.comparing(each -> nonce(each.getValue())));
        Map<String, String> refused = new LinkedHashMap<>();
        for (var each : ordered) {
            try {
                rpc.call("eth_sendRawTransaction", EthRpc.hex(each.getValue()));
            } catch (RpcException e) {
                if (!e.isAnswer()) {
                    throw new IOException(e.getMessage(), e);
                }
                refused.put(each.getKey(), Reverts.text(e));
            }
        }
        forgetKnown(refused);
        return refused;
    }

    private static BigInteger nonce(byte[] raw) {
        try {
            return TransactionDecoder.decode(EthRpc.hex(raw)).getNonce();
        } catch (RuntimeException e) {
            // The node says what is wrong with it.
            return BigInteger.ZERO;
        }
    }

    private void forgetKnown(Map<String, String> refused) throws IOException {
        Questions questions = new Questions(rpc, "latest");
        Map<String, Asked> known = new LinkedHashMap<>();
        for (String each : refused.keySet()) {
            known.put(each, questions.ask("eth_getTransactionByHash", each));
        }
        if (known.isEmpty()) {
            return;
        }
        questions.send();
        for (var each : known.entrySet()) {
            JsonNode transaction = each.getValue().result();
            if (transaction.path("hash").asText().equalsIgnoreCase(each.getKey())) {
                refused.remove(each.getKey());
            }
        }
    }
}
