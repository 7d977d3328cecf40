package org.livepeer.flink.connectors.ethereum.settle;

import java.io.IOException;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * What an order's step is made of.
 *
 * @param step from 0
 * @param account who sends it
 * @param recipient whom tickets pay
 * @param questions which it may add to
 */
record Planning(
        Arguments arguments,
        int step,
        EthAddress account,
        EthAddress recipient,
        Addresses addresses,
        Questions questions) {
    /** How an action is carried out. */
    @FunctionalInterface
    interface Plan {
        /** Asks what must be known first. */
        Next of(Planning planning);
    }

    /** The step, once the questions are answered. */
    @FunctionalInterface
    interface Next {
        Intent intent() throws IOException;
    }

    EthAddress contract(String name) {
        return addresses.of(name);
    }

    Questions.Asked view(String contract, String signature, Object... arguments) {
        return questions.view(contract(contract), signature, arguments);
    }
}
