package org.livepeer.flink.connectors.edge.playback;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is not published yet.
 *
 * <pre>
 *   (nothing) ──rendition──► partial ──last rendition──► whole
 *       └──────failure─────► failed ───rendition───────► partial
 * </pre>
 */
final class Slot {
    final long seq;
    final Map<RenditionName, Piece> pieces = new LinkedHashMap<>();
    private long durationMs;
    private int siblings;
    private @Nullable String failure;
    private long changedAtMs;

    Slot(long seq) {
        this.seq = seq;
    }

    /** Takes a rendition; false when it is there already. */
    boolean add(Arrival.RenditionArrived arrival, Piece piece, long atMs) {
        if (pieces.putIfAbsent(arrival.rendition(), piece) != null) {
            return false;
        }
        durationMs = Math.max(durationMs, arrival.durationMs());
        siblings = Math.max(siblings, arrival.siblings());
        failure = null;
        changedAtMs = atMs;
        return true;
    }

    /** Takes a failure; false when something better is there. */
    boolean fail(String reason, long atMs) {
        if (!pieces.isEmpty() || failure != null) {
            return false;
        }
        failure = reason;
        changedAtMs = atMs;
        return true;
    }

    /** Whether every rendition is there, as far as can be known. */
    boolean whole(Set<RenditionName> usual) {
        if (pieces.isEmpty()) {
            return false;
        }
        return siblings > 0
                ? pieces.size() >= siblings
                : !usual.isEmpty() && pieces.keySet().containsAll(usual);
    }

    boolean failed() {
        return failure != null;
    }

    long durationMs() {
        return durationMs;
    }

    long changedAtMs() {
        return changedAtMs;
    }
}
