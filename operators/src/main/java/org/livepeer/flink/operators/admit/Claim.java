package org.livepeer.flink.operators.admit;

import java.io.Serializable;

/**
 * A job's claim on its deployment, as the job's tasks meet it. Everything that reads a topic, keeps
 * money or calls a worker waits for it in its {@code open}: so a job can be started in full beside
 * the one that it replaces, and do nothing that anyone could see until the other has stopped.
 */
@FunctionalInterface
public interface Claim extends Serializable {
    /**
     * Waits until the deployment is this job's.
     *
     * @return where the claim stands in {@code epochs}
     * @throws InterruptedException when the task is cancelled meanwhile
     */
    long await() throws InterruptedException;

    /** A claim that was made before the job was started. */
    static Claim at(long offset) {
        return new Made(offset);
    }

    /**
     * @param offset where it stands in {@code epochs}
     */
    record Made(long offset) implements Claim {
        @Override
        public long await() {
            return offset;
        }
    }
}
