package org.livepeer.flink.connectors.edge.admin;

import com.linecorp.armeria.common.QueryParams;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.function.UnaryOperator;

/**
 * A parameter of a route that sends something to the chain.
 *
 * @param name go-livepeer's
 * @param argument of the order
 * @param reading makes the argument; throws IllegalArgumentException for what go-livepeer answers
 *     with 400, IllegalStateException for 500
 */
record ChainField(String name, String argument, boolean isNeeded, UnaryOperator<String> reading) {
    private static final String NO_NUMBER = "failed to parse big integer";
    private static final String NUMBER = "[0-9]{1,78}";

    static ChainField text(String name, String argument) {
        return new ChainField(name, argument, true, UnaryOperator.identity());
    }

    /**
     * @param flaw put before the text for what is no number
     */
    static ChainField number(String name, String argument, String flaw) {
        return new ChainField(
                name,
                argument,
                true,
                given -> {
                    if (!given.matches(NUMBER)) {
                        throw new IllegalArgumentException(flaw + NO_NUMBER);
                    }
                    return given;
                });
    }

    /** An address of a contract that is voted at. */
    static ChainField poll(String name) {
        return new ChainField(
                name,
                name,
                true,
                given -> {
                    if (!given.matches("(0[xX])?[0-9a-fA-F]{40}")) {
                        throw new IllegalStateException("invalid poll contract address");
                    }
                    return "0x" + given.substring(given.length() - 40);
                });
    }

    /** A number that a vote is about. */
    static ChainField ofVote(String name, String argument, BigInteger most) {
        return new ChainField(
                name,
                argument,
                true,
                given -> {
                    if (!given.matches(NUMBER)) {
                        throw new IllegalStateException(name + " is not a valid integer value");
                    }
                    if (new BigInteger(given).compareTo(most) > 0) {
                        throw new IllegalStateException("invalid " + name);
                    }
                    return given;
                });
    }

    /**
     * Percent, as parts of 1000000.
     *
     * @param flaw put before the text for what is no number
     */
    static ChainField percent(String name, String argument, String flaw) {
        return new ChainField(
                name,
                argument,
                true,
                given -> {
                    if (!given.matches("[0-9]{1,3}(\\.[0-9]{1,20})?")) {
                        throw new IllegalArgumentException(
                                flaw
                                        + "strconv.ParseFloat: parsing "
                                        + quoted(given)
                                        + ": invalid syntax");
                    }
                    return new BigDecimal(given)
                            .movePointRight(4)
                            .setScale(0, RoundingMode.DOWN)
                            .toPlainString();
                });
    }

    /** Where a node is reached. */
    static ChainField uri(String name, String argument) {
        return new ChainField(
                name,
                argument,
                true,
                given -> {
                    if (!given.matches("(/|[a-zA-Z][a-zA-Z0-9+.-]*:)\\S*")) {
                        throw new IllegalArgumentException(
                                "parse " + quoted(given) + ": invalid URI for request");
                    }
                    return given;
                });
    }

    ChainField optional() {
        return new ChainField(name, argument, false, reading);
    }

    /** What is given; empty when nothing is. */
    String of(QueryParams params) {
        String given = params.get(name, "");
        if (given.isEmpty() && isNeeded) {
            throw new IllegalArgumentException("missing form param: " + name);
        }
        return given.isEmpty() ? "" : reading.apply(given);
    }

    /** As Go's {@code %q}. */
    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
