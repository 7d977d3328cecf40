package org.livepeer.flink.connectors.edge.store;

import java.io.IOException;
import java.io.InputStream;
import org.livepeer.flink.schemas.StoreReference;

/** Where media lives that is too large for a record. Thread-safe. */
public interface MediaStore {

    /**
     * Keeps what the stream holds, hashed while it comes in.
     *
     * @return random name, length and SHA-256 of what was kept
     * @throws StoreFullException when there is no room
     * @throws IOException when reading or writing failed; nothing is kept
     */
    StoreReference put(InputStream media) throws IOException;

    /**
     * Opens an object that the store gave out.
     *
     * @throws IOException when it is gone or the reference was never given out
     */
    InputStream open(StoreReference reference) throws IOException;

    /** The store has no room. */
    final class StoreFullException extends IOException {
        private static final long serialVersionUID = 1L;

        public StoreFullException(String message) {
            super(message);
        }

        public StoreFullException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
