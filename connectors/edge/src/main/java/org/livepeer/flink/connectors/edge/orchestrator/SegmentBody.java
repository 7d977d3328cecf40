package org.livepeer.flink.connectors.edge.orchestrator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.schemas.StoreReference;

/**
 * The media of a segment while it comes in: hashed at once, kept in memory while it is small and
 * written to the segment store when it is not. For one thread.
 */
final class SegmentBody implements AutoCloseable {
    private final SegmentStore store;
    private final WireLimits limits;
    private final Keccak256 hash = new Keccak256();
    private final MessageDigest sha256 = RequestIds.sha256();
    private byte[] memory;
    private int length;
    private SegmentStore.@Nullable Upload upload;

    /**
     * @param expected bytes that were announced, or less than 0
     */
    SegmentBody(SegmentStore store, WireLimits limits, long expected) {
        this.store = store;
        this.limits = limits;
        long first = expected < 0 ? 1 << 17 : Math.min(expected, limits.inlineBytes());
        this.memory = new byte[(int) first];
    }

    /**
     * Reads to the end.
     *
     * @throws TooLate when it took longer than it may
     * @throws IOException when the body was cut, is too large or could not be stored
     */
    void receive(InputStream in) throws IOException, TooLate {
        long end = System.nanoTime() + limits.uploadTime().toNanos();
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (System.nanoTime() - end > 0) {
                throw new TooLate();
            }
            hash.update(buffer, 0, n);
            sha256.update(buffer, 0, n);
            take(buffer, n);
        }
    }

    /** An upload that was too slow. */
    static final class TooLate extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private void take(byte[] bytes, int n) throws IOException {
        SegmentStore.Upload large = upload;
        if (large == null && length + n > limits.inlineBytes()) {
            large = store.begin(limits.segmentBytes());
            upload = large;
            large.write(ByteBuffer.wrap(memory, 0, length));
            memory = new byte[0];
        }
        if (large != null) {
            large.write(ByteBuffer.wrap(bytes, 0, n));
            return;
        }
        if (length + n > memory.length) {
            int wanted = Math.max(length + n, 2 * memory.length);
            memory = Arrays.copyOf(memory, Math.min(wanted, limits.inlineBytes()));
        }
        System.arraycopy(bytes, 0, memory, length, n);
        length += n;
    }

    /** Keccak-256 of all that came. */
    byte[] digest() {
        return hash.digest();
    }

    /** SHA-256 of all that came, by which the job knows it. */
    ByteBuffer contentHash() {
        return ByteBuffer.wrap(sha256.digest());
    }

    /** Where the media is now, when it was too large for memory. */
    @Nullable StoreReference commit() throws IOException {
        return upload == null ? null : upload.commit();
    }

    /** The media in memory; empty when it is in the store. */
    ByteBuffer media() {
        return upload == null ? ByteBuffer.wrap(memory, 0, length) : ByteBuffer.allocate(0);
    }

    @Override
    public void close() throws IOException {
        if (upload != null) {
            upload.close();
        }
    }
}
