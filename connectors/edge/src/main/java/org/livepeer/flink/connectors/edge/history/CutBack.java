package org.livepeer.flink.connectors.edge.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.livepeer.flink.schemas.Event;

/**
 * Leaves out what a restarted job decided again. Within one history a number that was seen, from a
 * later attempt, cuts the history back to it; from the same attempt it is a repeat; whatever an
 * earlier attempt still writes does not count. A history whose beginning was not read is taken up
 * at its first event.
 */
final class CutBack {
    private final Map<String, History> histories = new HashMap<>();

    private static final class History {
        private final NavigableMap<Long, Decision> kept = new TreeMap<>();
        private long last;
        private long attempt = Long.MIN_VALUE;
    }

    /**
     * The next event in the order of its partition.
     *
     * @param wanted false when it only counts for what it cuts
     */
    void accept(Decision decision, boolean wanted) {
        Event event = decision.event();
        History history = histories.computeIfAbsent(event.getStream(), name -> new History());
        long number = event.getSequence();
        boolean seen = history.attempt != Long.MIN_VALUE && number <= history.last;
        if (event.getAttempt() < history.attempt
                || (seen && event.getAttempt() == history.attempt)) {
            return;
        }
        if (seen) {
            history.kept.tailMap(number, true).clear();
        }
        history.attempt = event.getAttempt();
        history.last = number;
        if (wanted) {
            history.kept.put(number, decision);
        }
    }

    /** What is left, in no order. */
    List<Decision> kept() {
        List<Decision> all = new ArrayList<>();
        histories.values().forEach(history -> all.addAll(history.kept.values()));
        return all;
    }
}
