package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * Media that comes in chunks: hashed on the way, held in memory when small, in a file when large.
 * For one thread at a time.
 */
final class IncomingMedia implements Closeable {
    private static final long MOST_IN_MEMORY = 16L << 20;

    private final long announced;
    private final ByteString contentHash;
    private final MessageDigest digest = Sha256.digest();
    private final byte[] memory;
    private @Nullable Path file;
    private @Nullable FileChannel channel;
    private long length;

    /**
     * @param announced bytes that will come
     * @param contentHash their SHA-256
     * @param spool directory for large media
     */
    IncomingMedia(long announced, ByteString contentHash, Path spool) throws IOException {
        this.announced = announced;
        this.contentHash = contentHash;
        if (announced <= MOST_IN_MEMORY) {
            memory = new byte[(int) announced];
        } else {
            memory = new byte[0];
            file = Files.createTempFile(spool, "media", ".in");
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        }
    }

    void append(ByteString chunk) throws IOException, TranscodeException {
        if (chunk.size() > announced - length) {
            throw new TranscodeException(
                    Reason.HashMismatch,
                    "more media came than the " + announced + " bytes that were announced");
        }
        for (ByteBuffer part : chunk.asReadOnlyByteBufferList()) {
            digest.update(part.duplicate());
            if (channel == null) {
                int count = part.remaining();
                part.get(memory, (int) length, count);
                length += count;
            } else {
                while (part.hasRemaining()) {
                    length += channel.write(part);
                }
            }
        }
    }

    /** The whole media, checked; it is the caller's to close from now on. */
    Source complete() throws IOException, TranscodeException {
        if (length != announced) {
            throw new TranscodeException(
                    Reason.HashMismatch,
                    length + " bytes of media came, " + announced + " were announced");
        }
        if (!contentHash.equals(ByteString.copyFrom(digest.digest()))) {
            throw new TranscodeException(
                    Reason.HashMismatch, "the media's SHA-256 is not the one in content_hash");
        }
        if (channel == null || file == null) {
            return new Source.InMemory(memory);
        }
        channel.close();
        Source source = new Source.Spooled(file, length);
        file = null;
        return source;
    }

    /** Drops what came, unless it was completed. */
    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
