package org.livepeer.flink.connectors.storage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.livepeer.flink.schemas.StoreReference;

/**
 * Keeps media objects under random names. Objects never change once they have a reference.
 * Thread-safe; several processes may share one store.
 */
public interface SegmentStore {
    /** Bytes of the largest object. */
    long LARGEST_OBJECT = 300_000_000;

    /**
     * Begins an object that is written piece by piece. Nothing of it can be read before {@link
     * Upload#commit()}.
     *
     * @param limit most bytes it may have, at most {@link #LARGEST_OBJECT} counts
     * @throws StoreFullException when the store takes no more
     */
    Upload begin(long limit) throws IOException;

    /**
     * Stores a stream to its end; does not close it.
     *
     * @param limit most bytes to take
     * @return name, length and SHA-256 of what was stored
     * @throws StoreFullException when the store takes no more
     * @throws StoreException with {@code SegmentTooLarge} above the limit; nothing is left behind
     */
    default StoreReference put(InputStream content, long limit) throws IOException {
        try (Upload upload = begin(limit)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                upload.write(ByteBuffer.wrap(buffer, 0, n));
            }
            return upload.commit();
        }
    }

    /** Stores the remaining bytes of a buffer, whose position does not change. */
    default StoreReference put(ByteBuffer content) throws IOException {
        try (Upload upload = begin(content.remaining())) {
            upload.write(content.duplicate());
            return upload.commit();
        }
    }

    /**
     * Opens an object. Length is checked now, the hash while it is read: trust the bytes only when
     * the end was reached without a {@link StoreException}.
     *
     * @throws StoreException with {@code InvalidReference} when the name is none of ours, the
     *     object is gone or of another length; when reading, with {@code HashMismatch}
     */
    InputStream open(StoreReference reference) throws IOException;

    /**
     * Reads a whole object into memory, checked.
     *
     * @param limit most bytes to take into memory
     * @throws StoreException as {@link #open}, and with {@code SegmentTooLarge} above the limit
     */
    byte[] read(StoreReference reference, int limit) throws IOException;

    /**
     * The file of an object on this machine, for reading in place; length and hash were checked
     * just before. It stays until it is collected.
     *
     * @throws StoreException as {@link #open}, with the hash checked at once
     */
    Path path(StoreReference reference) throws IOException;

    /**
     * Removes what was stored longer ago than {@code olderThan}, unfinished uploads too.
     *
     * @return how many objects were removed
     */
    int collect(Duration olderThan) throws IOException;

    /** An object that is being written. For one thread at a time. */
    interface Upload extends Closeable {
        /**
         * Appends the remaining bytes.
         *
         * @throws StoreFullException when the disk has no room
         * @throws StoreException with {@code SegmentTooLarge} above the limit
         */
        void write(ByteBuffer bytes) throws IOException;

        /**
         * Ends the object and gives out its reference.
         *
         * @throws StoreException with {@code EmptySegment} when nothing was written
         */
        StoreReference commit() throws IOException;

        /** Drops what was written unless it was committed. */
        @Override
        void close() throws IOException;
    }
}
