package org.livepeer.flink.connectors.transcoder.worker;

import java.io.IOException;

/**
 * A running worker: the gRPC service, its engine and the kept answers.
 *
 * <pre>
 * start ──► serving ──drain──► draining ──close──► (running work ends, last beat) ──► closed
 * </pre>
 */
public final class WorkerNode implements AutoCloseable {
    /** Prepares a worker; nothing runs before {@link #start()}. */
    public WorkerNode(WorkerOptions options) {}

    /**
     * Reads the kept answers, listens, begins to beat.
     *
     * @throws IOException when the port or the data directory is taken
     */
    public void start() throws IOException {}

    /** Its name in the cluster. */
    public String workerId() {
        return "";
    }

    /** The port it listens on. */
    public int port() {
        return 0;
    }

    /** Takes no new work from now on; kept answers are still given. */
    public void drain() {}

    /** Drains, waits for running work up to the limit, beats a last time, ends. */
    @Override
    public void close() {}
}
