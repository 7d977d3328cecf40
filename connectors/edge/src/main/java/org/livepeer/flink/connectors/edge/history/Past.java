package org.livepeer.flink.connectors.edge.history;

import java.util.List;
import java.util.OptionalLong;

/**
 * A part of a past.
 *
 * @param decisions newest first
 * @param olderBeforeMs ask for what was appended before this instant to go on; empty when the topic
 *     has nothing older
 * @param searched records that were looked at
 */
public record Past(List<Decision> decisions, OptionalLong olderBeforeMs, int searched) {
    public Past {
        decisions = List.copyOf(decisions);
    }
}
