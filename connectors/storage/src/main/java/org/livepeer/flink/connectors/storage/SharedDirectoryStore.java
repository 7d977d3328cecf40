package org.livepeer.flink.connectors.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;

/**
 * A segment store in a directory that the processes of one deployment share.
 *
 * <p>A producer on the same machine may also write an object itself: into {@code incoming/}, under
 * a name that it made like the store makes them (32 random bytes in base64url without padding, in
 * Python {@code secrets.token_urlsafe(32)}), best written beside it and renamed when complete. It
 * then pushes a reference with that name, the file's length and SHA-256. They are checked when the
 * reference is used; the first use moves the file out of {@code incoming/}. Links, directories and
 * other names are refused.
 *
 * <p>Objects are not forced to the disk: a crash of a process loses none, a crash of the machine
 * may lose the newest.
 */
public final class SharedDirectoryStore implements SegmentStore {
    private final SharedDirectory directory;
    private final Clock clock;

    /**
     * Opens the store; makes its directories with permissions 0700 where they are missing.
     *
     * @throws IOException when the directory cannot be made or written
     */
    public SharedDirectoryStore(StoreOptions options) throws IOException {
        directory = new SharedDirectory(options);
        clock = options.clock();
    }

    /** Where producers of this machine may put files themselves. */
    public Path incoming() {
        return directory.incoming();
    }

    @Override
    public Upload begin(long limit) throws IOException {
        return new DirectoryUpload(directory, limit);
    }

    @Override
    public InputStream open(StoreReference reference) throws IOException {
        return verifying(directory.find(reference), reference);
    }

    @Override
    public byte[] read(StoreReference reference, int limit) throws IOException {
        if (reference.getLength() > limit) {
            throw new StoreException(
                    Reason.SegmentTooLarge,
                    "the object has "
                            + reference.getLength()
                            + " bytes, only "
                            + limit
                            + " may be read into memory here");
        }
        try (InputStream in = open(reference)) {
            return in.readAllBytes();
        }
    }

    @Override
    public Path path(StoreReference reference) throws IOException {
        Path file = directory.find(reference);
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = verifying(file, reference)) {
            while (in.read(buffer) >= 0) {
                continue;
            }
        }
        return file;
    }

    @Override
    public int collect(Duration olderThan) throws IOException {
        Instant limit = clock.instant().minus(olderThan);
        return directory.removeBefore(FileTime.from(limit));
    }

    private static InputStream verifying(Path file, StoreReference reference) throws IOException {
        InputStream in =
                Channels.newInputStream(
                        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        return new VerifyingInputStream(in, reference);
    }
}
