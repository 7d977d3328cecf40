package org.livepeer.flink.connectors.ethereum.settle;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.livepeer.flink.connectors.ethereum.settle.Arguments.Kind;

/** What orders to the chain look like. */
public final class OrderForms {
    private OrderForms() {}

    /** Each action with its arguments, one a line; optional ones in brackets. */
    public static List<String> all() {
        return Actions.all();
    }

    /** What arguments that are no amounts may be, by the names that {@link #all} gives them. */
    public static List<String> kinds() {
        return Stream.of(Kind.values())
                .filter(kind -> !kind.isAmount())
                .map(Kind::explained)
                .toList();
    }

    /** What an action's amounts are counted in: ETH or LPT; empty when there is no such action. */
    public static String unit(String action) {
        return Actions.unit(action);
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
