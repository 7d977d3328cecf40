package org.livepeer.flink.connectors.transcoder.client;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.livepeer.flink.schemas.Coordinates;

/**
 * Reads the media of a push back from its topic, for requests that travelled without it. Never
 * blocks; thread-safe.
 */
public interface MediaReader extends AutoCloseable {
    /**
     * @param origin where the push stands
     * @return the media bytes of that push (not the whole record), which must not change; completes
     *     exceptionally when they are gone
     */
    CompletableFuture<ByteBuffer> read(Coordinates origin);

    @Override
    void close();

    /** Makes the reader of one subtask; travels to it. */
    @FunctionalInterface
    interface Factory extends Serializable {
        MediaReader create();
    }
}
