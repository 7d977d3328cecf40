package org.livepeer.flink.connectors.edge;

import org.livepeer.flink.connectors.edge.store.MediaStore;

/** The edge as a process part: HTTP in front, Kafka behind. */
public final class EdgeServer implements AutoCloseable {
    private final EdgeOptions options;
    private final MediaStore store;

    /** Prepares an edge; nothing is opened before {@link #start}. */
    public EdgeServer(EdgeOptions options, MediaStore store) {
        this.options = options;
        this.store = store;
    }

    /**
     * Binds the port and begins to read Kafka. Returns when the port is bound; {@code /readyz} says
     * when everything has been read to its end.
     *
     * @throws IllegalStateException when the port is taken
     */
    public void start() {
        throw new UnsupportedOperationException("not yet: " + options.bind() + store);
    }

    /** The bound port. */
    public int port() {
        return options.bind().getPort();
    }

    /** Stops serving and reading. */
    @Override
    public void close() {}
}
