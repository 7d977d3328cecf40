package org.livepeer.flink.connectors.transcoder.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on disk by request id, for a while. A file is written beside its place and renamed, so
 * that a process that is killed leaves whole answers only; a start finds them again and drops what
 * is damaged. Thread-safe.
 */
final class KeptResults {
    private static final Logger LOG = LoggerFactory.getLogger(KeptResults.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final String SUFFIX = ".kept";

    private final Path directory;
    private final long keepMs;
    private final long keepBytes;
    private final Clock clock;
    // Oldest first.
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    private record Entry(String requestId, Path file, long savedAtMs, long bytes) {}

    /** Reads what an earlier process of this worker kept. */
    KeptResults(Path directory, Duration keepFor, long keepBytes, Clock clock) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.keepMs = keepFor.toMillis();
        this.keepBytes = keepBytes;
        this.clock = clock;
        List<Entry> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Entry entry = entryOf(file);
                if (entry == null) {
                    Files.deleteIfExists(file);
                } else {
                    found.add(entry);
                }
            }
        }
        found.sort(Comparator.comparingLong(Entry::savedAtMs));
        found.forEach(this::add);
        sweep();
    }

    /** The kept answer, to be closed by the caller; null when there is none. */
    @Nullable Outcome find(String requestId) {
        Entry entry;
        synchronized (this) {
            sweep();
            entry = entries.get(requestId);
        }
        if (entry == null) {
            return null;
        }
        try {
            KeptFile.Answer answer = KeptFile.open(entry.file(), true);
            if (answer.requestId().equals(requestId)) {
                return answer.outcome();
            }
            answer.outcome().close();
        } catch (NoSuchFileException e) {
            LOG.debug("kept answer went while it was asked for request={}", requestId);
        } catch (IOException | RuntimeException e) {
            REPEATS.warn("kept answer dropped request={} cause={}", requestId, e.getMessage());
        }
        synchronized (this) {
            if (entries.remove(requestId, entry)) {
                drop(entry);
            }
        }
        return null;
    }

    /** Keeps an answer; one that cannot be written is not kept, and that is logged. */
    void keep(String requestId, Outcome outcome) {
        Path temporary = directory.resolve(UUID.randomUUID() + ".tmp");
        long now = clock.millis();
        try {
            KeptFile.write(temporary, requestId, now, outcome);
            long size = Files.size(temporary);
            Path file = directory.resolve(fileName(requestId));
            synchronized (this) {
                Entry old = entries.remove(requestId);
                if (old != null) {
                    bytes -= old.bytes();
                }
                Files.move(
                        temporary,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                add(new Entry(requestId, file, now, size));
                sweep();
            }
        } catch (IOException e) {
            REPEATS.warn("answer is not kept request={} cause={}", requestId, e.toString());
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException again) {
                LOG.debug("cannot delete a temporary file", again);
            }
        }
    }

    /** Removes what is too old, and the oldest while there is too much. */
    synchronized void sweep() {
        long limit = clock.millis() - keepMs;
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            boolean expired = entry.savedAtMs() <= limit;
            if (!expired && bytes <= keepBytes) {
                return;
            }
            if (!expired) {
                REPEATS.warn(
                        "answer dropped before its time request={} ageMs={} keepBytes={}",
                        entry.requestId(),
                        clock.millis() - entry.savedAtMs(),
                        keepBytes);
            }
            oldest.remove();
            drop(entry);
        }
    }

    synchronized int size() {
        return entries.size();
    }

    private synchronized void add(Entry entry) {
        entries.put(entry.requestId(), entry);
        bytes += entry.bytes();
    }

    private void drop(Entry entry) {
        bytes -= entry.bytes();
        try {
            Files.deleteIfExists(entry.file());
        } catch (IOException e) {
            REPEATS.warn("kept answer not deleted cause={}", e.toString());
        }
    }

    private static @Nullable Entry entryOf(Path file) {
        if (!file.getFileName().toString().endsWith(SUFFIX)) {
            return null;
        }
        try {
            KeptFile.Answer answer = KeptFile.open(file, false);
            answer.outcome().close();
            boolean named = file.getFileName().toString().equals(fileName(answer.requestId()));
            return named
                    ? new Entry(answer.requestId(), file, answer.savedAtMs(), Files.size(file))
                    : null;
        } catch (IOException | RuntimeException e) {
            LOG.warn("kept answer dropped at start file={} cause={}", file, e.toString());
            return null;
        }
    }

    /** A request id is the caller's text: the file's name is its hash. */
    private static String fileName(String requestId) {
        return HexFormat.of().formatHex(Sha256.of(requestId.getBytes(StandardCharsets.UTF_8)))
                + SUFFIX;
    }
}
