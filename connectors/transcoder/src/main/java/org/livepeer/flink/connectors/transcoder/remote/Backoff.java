package org.livepeer.flink.connectors.transcoder.remote;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: half a second, half as much again each time, at most a
 * minute, each up to 50 % shorter or longer. go-livepeer's numbers; unlike there a success starts
 * it anew.
 */
final class Backoff {
    private static final double FIRST_MS = 500;
    private static final double FACTOR = 1.5;
    private static final double MOST_MS = 60_000;
    private static final double JITTER = 0.5;

    private final DoubleSupplier random;
    private double nextMs = FIRST_MS;

    /**
     * @param random gives numbers from 0 to 1
     */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    Duration next() {
        double waitMs = nextMs * (1 - JITTER + 2 * JITTER * random.getAsDouble());
        nextMs = Math.min(MOST_MS, nextMs * FACTOR);
        return Duration.ofMillis((long) waitMs);
    }

    void reset() {
        nextMs = FIRST_MS;
    }
}
