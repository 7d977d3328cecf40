package org.livepeer.flink.jobs.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command found out: facts by name, and rows about parts. Values are text, as numbers of the
 * chain are larger than JSON's.
 */
final class Report {
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final Map<String, Rows> parts = new LinkedHashMap<>();

    private record Rows(List<String> head, List<List<String>> rows) {}

    Report fact(String name, Object value) {
        facts.put(name, legible(value.toString()));
        return this;
    }

    /**
     * Adds rows.
     *
     * @param name of all of them
     */
    Report rows(String name, List<String> head, List<List<String>> rows) {
        parts.put(name, new Rows(head, rows.stream().map(Report::legible).toList()));
        return this;
    }

    void print(boolean json) {
        if (json) {
            System.out.println(json());
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        facts.forEach((name, value) -> rows.add(List.of(name, value)));
        if (!rows.isEmpty()) {
            Printing.table(List.of("what", "is"), rows);
        }
        for (Rows each : parts.values()) {
            if (!each.rows().isEmpty()) {
                if (!rows.isEmpty()) {
                    System.out.println();
                }
                Printing.table(each.head(), each.rows());
            }
        }
    }

    private ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        facts.forEach((name, value) -> json.put(Printing.key(name), value));
        parts.forEach(
                (name, part) ->
                        json.set(Printing.key(name), Printing.list(part.head(), part.rows())));
        return json;
    }

    private static List<String> legible(List<String> row) {
        return row.stream().map(Report::legible).toList();
    }

    /** Text of the chain is anybody's: it must not steer a terminal. */
    private static String legible(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** Ether or tokens out of their smallest unit. */
    static String units(BigInteger smallest) {
        return decimal(smallest, 18);
    }

    /** Out of parts of 1000000. */
    static String percent(BigInteger parts) {
        return decimal(parts, 4);
    }

    /** Exact, without zeros at its end. */
    static String decimal(BigInteger number, int digits) {
        BigDecimal decimal = new BigDecimal(number, digits);
        return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }

    static String yesOrNo(boolean is) {
        return is ? "yes" : "no";
    }
}
