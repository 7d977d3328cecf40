package org.livepeer.flink.connectors.ethereum.settle;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Planning.Next;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.settlement.SettlementChain.Step;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Steps of orders: what must be known first, then the gas that they take. */
final class StepQuestions {
    private final EthAddress account;
    private final Map<String, Next> next = new LinkedHashMap<>();
    private final Map<String, Intent> intents = new LinkedHashMap<>();
    private final Map<String, Asked> gas = new LinkedHashMap<>();

    StepQuestions(
            Questions questions,
            Addresses addresses,
            EthAddress account,
            EthAddress recipient,
            List<Step> steps) {
        this.account = account;
        for (Step each : steps) {
            String refusal = Actions.refusal(each.action(), each.arguments()).orElse("");
            Planning planning =
                    new Planning(
                            new Arguments(each.arguments()),
                            each.step(),
                            account,
                            recipient,
                            addresses,
                            questions);
            next.put(
                    each.id(),
                    refusal.isEmpty()
                            ? Actions.next(each.action(), planning)
                            : () -> Intent.never(refusal));
        }
    }

    /** Asks for gas, once the first questions are answered. */
    void askGas(Questions questions) throws IOException {
        for (var each : next.entrySet()) {
            Intent intent = each.getValue().intent();
            intents.put(each.getKey(), intent);
            if (intent.call() != null) {
                gas.put(each.getKey(), questions.gas(account, intent.call()));
            }
        }
    }

    /**
     * The steps by order, once the gas is known.
     *
     * @param isOpen whether the contracts work and the round is initialized: then what they refuse
     *     now they will refuse later
     */
    Map<String, Prepared> prepared(boolean isOpen) throws IOException {
        Map<String, Prepared> prepared = new LinkedHashMap<>();
        for (var each : intents.entrySet()) {
            Intent intent = each.getValue();
            Asked asked = gas.get(each.getKey());
            prepared.put(
                    each.getKey(),
                    asked == null
                            ? new Prepared(null, null, intent.fault(), intent.isFinal())
                            : prepared(intent, asked, isOpen));
        }
        return prepared;
    }

    private static Prepared prepared(Intent intent, Asked asked, boolean isOpen)
            throws IOException {
        RpcException refusal = asked.refusal();
        if (refusal != null) {
            return new Prepared(
                    intent.call(), null, Reverts.text(refusal), isOpen && refusal.isRevert());
        }
        long estimate = asked.quantity().longValueExact();
        return new Prepared(intent.call(), Math.addExact(estimate, 3 * (estimate / 10)), "", false);
    }
}
