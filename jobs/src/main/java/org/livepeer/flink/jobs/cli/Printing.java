package org.livepeer.flink.jobs.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.livepeer.flink.schemas.Event;

/** How things look in a terminal. */
final class Printing {
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
                .forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
        System.out.println(line);
    }

    /** Columns under their heads, as wide as their widest cell. */
    static void table(List<String> head, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(head);
        all.addAll(rows);
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
