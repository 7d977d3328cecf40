package org.livepeer.flink.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.livepeer.flink.schemas.Event;

/** How things look in a terminal. */
final class Printing {
    private static final Pattern LONG_FRACTION = Pattern.compile("-?\\d+/\\d{13,}");
    private static final int DECIMALS = 6;

    private Printing() {}

    static void event(Event event) {
        StringBuilder line = new StringBuilder();
        line.append(Instant.ofEpochMilli(event.getAtMs())).append(' ').append(event.getStream());
        line.append(" #").append(event.getSequence()).append(' ').append(event.getType());
        if (!event.getReason().isEmpty()) {
            line.append(" (").append(event.getReason()).append(')');
        }
        if (event.getSeq() >= 0) {
            line.append(" manifest=").append(event.getManifestId());
            line.append(" seq=").append(event.getSeq());
        }
        if (!event.getWorkerId().isEmpty()) {
            line.append(" worker=").append(event.getWorkerId());
        }
        new TreeMap<>(event.getNumbers())
                .forEach(
                        (name, value) ->
                                line.append(' ').append(name).append('=').append(legible(value)));
        System.out.println(line);
    }

    /** Rows as a JSON list of objects, every value a string: wei are larger than JSON's numbers. */
    static void json(List<String> head, List<List<String>> rows) {
        System.out.println(list(head, rows));
    }

    static ArrayNode list(List<String> head, List<List<String>> rows) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (List<String> row : rows) {
            ObjectNode object = list.addObject();
            for (int i = 0; i < head.size(); i++) {
                object.put(key(head.get(i)), row.get(i));
            }
        }
        return list;
    }

    /** A head as JSON's key. */
    static String key(String head) {
        return head.replaceAll("[ /]+", "_");
    }

    /**
     * A fraction of a wei whose digits say nothing to a person, which credit by tickets is, to six
     * decimals; anything else as it is. Rows in JSON are exact.
     */
    static String legible(String text) {
        if (!LONG_FRACTION.matcher(text).matches()) {
            return text;
        }
        String[] parts = text.split("/");
        return "~"
                + new BigDecimal(parts[0])
                        .divide(new BigDecimal(parts[1]), DECIMALS, RoundingMode.FLOOR)
                        .toPlainString();
    }

    /** Columns under their heads, as wide as their widest cell. */
    static void table(List<String> head, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(head);
        rows.forEach(row -> all.add(row.stream().map(Printing::legible).toList()));
        int[] widths = new int[head.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i));
                line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            System.out.println(line.toString().stripTrailing());
        }
    }
}
