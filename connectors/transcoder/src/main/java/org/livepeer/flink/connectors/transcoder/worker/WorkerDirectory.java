package org.livepeer.flink.connectors.transcoder.worker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The worker's own directory, locked while it runs: its id, the number of its last start, kept
 * answers, and large media on its way in (removed at start).
 */
final class WorkerDirectory implements Closeable {
    private final Path root;
    private final FileChannel lock;

    /**
     * @throws IOException when another process works in the directory
     */
    WorkerDirectory(Path directory) throws IOException {
        root =
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        lock =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = lock.tryLock();
            if (held == null) {
                throw taken();
            }
            Path spool = Files.createDirectories(spool());
            try (Stream<Path> leftovers = Files.list(spool)) {
                for (Path file : (Iterable<Path>) leftovers::iterator) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (OverlappingFileLockException e) {
            lock.close();
            throw taken();
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    Path spool() {
        return root.resolve("incoming");
    }

    Path kept() {
        return root.resolve("kept");
    }

    /** The given id, or the one that the first start made. */
    String workerId(@Nullable String given) throws IOException {
        Path file = root.resolve("worker-id");
        if (given != null) {
            return given;
        }
        if (Files.exists(file)) {
            String id = Files.readString(file).strip();
            if (id.matches("[A-Za-z0-9._-]{1,128}")) {
                return id;
            }
        }
        String id = "worker-" + UUID.randomUUID();
        write(file, id);
        return id;
    }

    /**
     * Start of this process: now, and above that of every earlier one even if the clock went back.
     */
    long incarnation(long nowMs) throws IOException {
        Path file = root.resolve("incarnation");
        long last = 0;
        if (Files.exists(file)) {
            String text = Files.readString(file).strip();
            last = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        }
        long incarnation = Math.max(nowMs, last + 1);
        write(file, Long.toString(incarnation));
        return incarnation;
    }

    /** Lets another process in. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private IOException taken() {
        return new IOException(
                "another worker uses the directory "
                        + root
                        + ": stop it, or give this one a directory of its own");
    }

    private static void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(temporary, text);
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
