package org.livepeer.flink.connectors.edge.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Keeps objects under keys for whoever has their URL. Thread-safe. */
public interface ObjectStore extends AutoCloseable {
    /**
     * Writes an object; one that has the key already is replaced. Blocks.
     *
     * @param time after which it is given up, with all that was tried again
     * @throws IOException when it was not written, or nobody knows whether it was; the message has
     *     no part of the credentials
     */
    void put(String key, Media media, Duration time) throws IOException;

    /** Where an object is read, whether it is there or not. */
    String url(String key);

    @Override
    void close();

    /**
     * What an object has in it.
     *
     * @param length bytes
     * @param source opened anew for each try
     */
    record Media(long length, String contentType, Source source) {}

    /** Bytes that can be read more than once. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }
}
