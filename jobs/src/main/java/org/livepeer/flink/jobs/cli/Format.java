package org.livepeer.flink.jobs.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** How a command prints its rows. */
final class Format {
    @Option(
            names = {"-json", "--json"},
            description = "print a JSON list instead of a table")
    boolean json;

    void print(List<String> head, List<List<String>> rows) {
        if (json) {
            Printing.json(head, rows);
        } else {
            Printing.table(head, rows);
        }
    }
}
