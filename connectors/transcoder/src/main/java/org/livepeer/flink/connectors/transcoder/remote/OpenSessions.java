package org.livepeer.flink.connectors.transcoder.remote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.transcode.Transcoder;

/**
 * Sessions that the orchestrator gave segments of and did not end yet; thread-safe. Its segments of
 * a session are numbered in the order in which they came.
 */
final class OpenSessions {
    private static final int MOST = 10_000;

    private final Map<String, Long> ordinals = new LinkedHashMap<>(16, 0.75f, true);
    private final Transcoder engine;

    OpenSessions(Transcoder engine) {
        this.engine = engine;
    }

    /**
     * Number of the session's next segment, from 0. What an orchestrator forgets to end does not
     * pile up: the session that rested longest is ended for it.
     */
    long next(String session) {
        long ordinal;
        @Nullable String forgotten = null;
        synchronized (this) {
            ordinal = ordinals.merge(session, 0L, (before, none) -> before + 1);
            if (ordinals.size() > MOST) {
                forgotten = ordinals.keySet().iterator().next();
            }
        }
        if (forgotten != null) {
            end(forgotten);
        }
        return ordinal;
    }

    /** The engine lets go of a session; one that is not known is no fault. */
    void end(String session) {
        boolean known;
        synchronized (this) {
            known = ordinals.remove(session) != null;
        }
        if (known) {
            engine.endSession(session);
        }
    }

    /** The orchestrator is gone: it will not end them. */
    void endAll() {
        List<String> left;
        synchronized (this) {
            left = new ArrayList<>(ordinals.keySet());
        }
        left.forEach(this::end);
    }

    synchronized int count() {
        return ordinals.size();
    }
}
