package org.livepeer.flink.connectors.ethereum.settle;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * What comes next of an order, before anybody knows whether the contract takes it.
 *
 * @param call null when nothing is left to do, or when it cannot be done
 * @param fault why it cannot be done; empty when it can
 * @param isFinal whether it never can
 */
record Intent(@Nullable Call call, String fault, boolean isFinal) {
    static final Intent DONE = new Intent(null, "", false);

    static Intent call(EthAddress to, String signature, Object... arguments) {
        return paying(BigInteger.ZERO, to, signature, arguments);
    }

    /** A call with money. */
    static Intent paying(BigInteger wei, EthAddress to, String signature, Object... arguments) {
        return new Intent(new Call(to, Abi.call(signature, arguments), wei), "", false);
    }

    static Intent never(String fault) {
        return new Intent(null, fault, true);
    }

    static Intent later(String fault) {
        return new Intent(null, fault, false);
    }
}
