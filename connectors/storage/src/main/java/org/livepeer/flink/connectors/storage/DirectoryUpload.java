package org.livepeer.flink.connectors.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;

/** Writes an object to a temporary file, hashing, and renames it into its place at the end. */
final class DirectoryUpload implements SegmentStore.Upload {
    private static final long BYTES_BETWEEN_SPACE_CHECKS = 8L << 20;

    private final SharedDirectory directory;
    private final String name;
    private final Path temporary;
    private final long limit;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.digest();
    private long length;
    private long checkedAt;
    private boolean committed;

    DirectoryUpload(SharedDirectory directory, long limit) throws IOException {
        this.directory = directory;
        this.limit = Math.min(limit, SegmentStore.LARGEST_OBJECT);
        name = ObjectName.random();
        temporary = directory.temporary(name);
        directory.requireRoom();
        channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW,
                        LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > limit - length) {
            throw new StoreException(
                    Reason.SegmentTooLarge,
                    "the object has more than the " + limit + " bytes that it may have");
        }
        length += bytes.remaining();
        if (length - checkedAt >= BYTES_BETWEEN_SPACE_CHECKS) {
            checkedAt = length;
            directory.requireRoom();
        }
        digest.update(bytes.duplicate());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw directory.explained(e);
        }
    }

    @Override
    public StoreReference commit() throws IOException {
        if (length == 0) {
            throw new StoreException(Reason.EmptySegment, "an object must not be empty");
        }
        channel.close();
        Files.move(temporary, directory.place(name), StandardCopyOption.ATOMIC_MOVE);
        committed = true;
        return StoreReference.newBuilder()
                .setName(name)
                .setLength(length)
                .setHash(ByteBuffer.wrap(digest.digest()))
                .build();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!committed) {
            Files.deleteIfExists(temporary);
        }
    }
}
