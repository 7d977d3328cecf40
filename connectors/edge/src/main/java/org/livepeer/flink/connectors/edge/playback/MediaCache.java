package org.livepeer.flink.connectors.edge.playback;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Media files of the playback windows. They mean nothing to another process: what an earlier one
 * left behind is deleted at start. Thread-safe.
 */
public final class MediaCache {
    private static final Logger LOG = LoggerFactory.getLogger(MediaCache.class);
    private static final String ENDING = ".media";

    private final Path folder;
    private final AtomicLong names = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @throws UncheckedIOException when the folder cannot be made or cleared
     */
    public MediaCache(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            try (Stream<Path> left = Files.list(folder)) {
                for (Path file : left.filter(f -> f.toString().endsWith(ENDING)).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot use " + folder + " for the playback window; name another -dataDir", e);
        }
    }

    /** Writes media that came inline; what is in the store stays there. */
    Content keep(Content content) throws IOException {
        if (!(content instanceof Content.Inline inline)) {
            return content;
        }
        Path file = folder.resolve(names.incrementAndGet() + ENDING);
        Files.write(file, inline.bytes());
        bytes.addAndGet(inline.length());
        return new Content.Cached(file, inline.length());
    }

    /** Deletes what {@link #keep} wrote. */
    void discard(Content content) {
        if (!(content instanceof Content.Cached cached)) {
            return;
        }
        try {
            if (Files.deleteIfExists(cached.file())) {
                bytes.addAndGet(-cached.length());
            }
        } catch (IOException e) {
            LOG.warn("media not deleted file={} cause={}", cached.file(), e.toString());
        }
    }

    /** Bytes on disk now. */
    public long bytes() {
        return bytes.get();
    }
}
