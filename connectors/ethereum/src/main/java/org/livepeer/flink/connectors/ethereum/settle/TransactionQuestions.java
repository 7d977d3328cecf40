package org.livepeer.flink.connectors.ethereum.settle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What became of transactions. */
final class TransactionQuestions {
    private static final List<String> REPLAYED = List.of("from", "to", "value", "gas");

    private final EthRpc rpc;
    private final Map<String, Asked> receipts = new LinkedHashMap<>();

    TransactionQuestions(EthRpc rpc, Questions questions, List<String> hashes) {
        this.rpc = rpc;
        for (String each : hashes) {
            receipts.put(each, questions.ask("eth_getTransactionReceipt", each));
        }
    }

    /**
     * Those that are in blocks, by hash.
     *
     * @param brokers addresses of the ticket broker
     * @throws IOException also when a receipt is another's
     */
    Map<String, Mined> mined(Set<EthAddress> brokers) throws IOException {
        Map<String, Mined> mined = new LinkedHashMap<>();
        for (var each : receipts.entrySet()) {
            JsonNode receipt = each.getValue().result();
            if (!receipt.path("blockNumber").isTextual()) {
                continue;
            }
            String of = receipt.path("transactionHash").asText();
            if (!of.equalsIgnoreCase(each.getKey())) {
                throw new IOException(
                        "asked for the receipt of "
                                + each.getKey()
                                + " a node gives that of "
                                + of);
            }
            Set<EthAddress> all = new HashSet<>(brokers);
            all.add(receiver(receipt));
            mined.put(each.getKey(), Receipts.read(receipt, all));
        }
        explain(mined);
        return mined;
    }

    /** The broker has moved since, if it is not there any more. */
    private static EthAddress receiver(JsonNode receipt) throws IOException {
        try {
            return EthAddress.of(EthRpc.bytes(receipt.path("to")));
        } catch (RpcException e) {
            throw new IOException("a receipt names no receiver: " + e.getMessage(), e);
        }
    }

    /** Replays those that failed, to hear why. */
    private void explain(Map<String, Mined> mined) throws IOException {
        Map<String, Asked> asked = new LinkedHashMap<>();
        Questions transactions = new Questions(rpc, "latest");
        mined.forEach(
                (hash, each) -> {
                    if (!each.succeeded()) {
                        asked.put(hash, transactions.ask("eth_getTransactionByHash", hash));
                    }
                });
        if (asked.isEmpty()) {
            return;
        }
        transactions.send();
        Map<String, Asked> replays = new LinkedHashMap<>();
        Questions calls = new Questions(rpc, "latest");
        for (var each : asked.entrySet()) {
            JsonNode transaction = each.getValue().result();
            Map<String, Object> call = new LinkedHashMap<>();
            for (String name : REPLAYED) {
                call.put(name, transaction.path(name).asText());
            }
            call.put("data", transaction.path("input").asText());
            String block = transaction.path("blockNumber").asText();
            replays.put(each.getKey(), calls.ask("eth_call", call, block));
        }
        calls.send();
        for (var each : replays.entrySet()) {
            RpcException refusal = each.getValue().refusal();
            Mined before = mined.get(each.getKey());
            if (refusal != null && before != null) {
                mined.put(
                        each.getKey(),
                        new Mined(
                                before.block(),
                                before.succeeded(),
                                Reverts.text(refusal),
                                before.fee(),
                                before.redeemed()));
            }
        }
    }
}
