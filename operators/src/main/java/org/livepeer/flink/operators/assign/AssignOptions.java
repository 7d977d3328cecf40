package org.livepeer.flink.operators.assign;

import java.io.Serializable;

/**
 * @param sessionTimeoutMs a session idle for longer ends and frees its capacity
 * @param workerTimeoutMs a worker silent for longer is lost
 * @param parkedPerSession requests of one session that may wait for room; one more is refused
 * @param forgetGraceMs a request without receipt is out of the count that long after its deadline
 * @param restoreGraceMs after a restore nobody is lost or idle before that time has passed
 */
public record AssignOptions(
        long sessionTimeoutMs,
        long workerTimeoutMs,
        int parkedPerSession,
        long forgetGraceMs,
        long restoreGraceMs)
        implements Serializable {
    public AssignOptions {
        if (sessionTimeoutMs <= 0
                || workerTimeoutMs < 1_500
                || parkedPerSession < 0
                || forgetGraceMs < 0
                || restoreGraceMs < 0) {
            throw new IllegalArgumentException(
                    "sessionTimeout must be above 0, workerTimeout at least 1500 ms (a beat comes"
                            + " each second), the others 0 or more");
        }
    }

    /**
     * 70 s, 5 s, 64 requests, 10 s, 10 s. After an outage a stream comes with all that it pushed
     * meanwhile: so many that its deadlines decide what is too late, not this number.
     */
    public static AssignOptions defaults() {
        return new AssignOptions(70_000, 5_000, 64, 10_000, 10_000);
    }
}
