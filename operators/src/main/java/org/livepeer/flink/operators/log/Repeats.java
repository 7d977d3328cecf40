package org.livepeer.flink.operators.log;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warnings of a kind that can come in masses. The first of a kind is logged at once, then one per
 * ten seconds, with {@code repeats=} the number left out since the last. A kind is its format.
 * Thread-safe.
 */
public final class Repeats {
    static final Duration EVERY = Duration.ofSeconds(10);

    private final Logger log;
    private final LongSupplier nanos;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

    public Repeats(Logger log) {
        this(log, System::nanoTime);
    }

    Repeats(Logger log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
    }

    private static final class Kind {
        private long nextNanos;
        private long leftOut;

        private Kind(long now) {
            nextNanos = now;
        }

        /** How many were left out before this one; below zero when this one is left out too. */
        synchronized long take(long now) {
            if (now - nextNanos < 0) {
                leftOut++;
                return -1;
            }
            long before = leftOut;
            leftOut = 0;
            nextNanos = now + EVERY.toNanos();
            return before;
        }
    }

    /**
     * Logs a warning, or counts it.
     *
     * @param format a constant, as SLF4J's
     */
    public void warn(String format, @Nullable Object... arguments) {
        long now = nanos.getAsLong();
        long leftOut = kinds.computeIfAbsent(format, f -> new Kind(now)).take(now);
        if (leftOut == 0) {
            log.warn(format, arguments);
        } else if (leftOut > 0) {
            log.warn(format + " repeats=" + leftOut, arguments);
        }
    }
}
