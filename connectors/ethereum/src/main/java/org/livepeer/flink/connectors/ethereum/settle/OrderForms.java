package org.livepeer.flink.connectors.ethereum.settle;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What orders to the chain look like. */
public final class OrderForms {
    private OrderForms() {}

    /** Each action with its arguments, one a line. */
    public static List<String> all() {
        return Actions.all();
    }

    /**
     * What is wrong with an order, whatever the chain is like.
     *
     * @param arguments by name
     */
    public static Optional<String> refusal(String action, Map<String, String> arguments) {
        return Actions.refusal(action, arguments);
    }
}
