package org.livepeer.flink.connectors.edge.history;

import java.util.Comparator;
import org.livepeer.flink.schemas.Event;

/**
 * An event and where it was read.
 *
 * @param appendedAtMs the broker's append time, the one clock that all histories share
 */
public record Decision(Event event, long appendedAtMs, int partition, long offset) {
    /** In the order in which the broker took them. */
    static final Comparator<Decision> ORDER =
            Comparator.comparingLong(Decision::appendedAtMs)
                    .thenComparingInt(Decision::partition)
                    .thenComparingLong(Decision::offset);
}
