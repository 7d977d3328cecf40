package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.TranscodeJob.InFile;
import org.livepeer.flink.operators.transcode.TranscodeJob.InMemory;

/** Inputs that killed children, by the hash of their content; the last thousand. Thread-safe. */
final class Quarantine {
    private static final int DEATHS = 2;
    private static final int KEPT = 1_000;

    private final Map<String, Integer> deaths =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > KEPT;
                }
            };

    /** Whether the job's input killed two children already. */
    boolean holds(TranscodeJob job) throws IOException {
        synchronized (deaths) {
            if (deaths.isEmpty()) {
                return false;
            }
        }
        String hash = hash(job);
        synchronized (deaths) {
            return deaths.getOrDefault(hash, 0) >= DEATHS;
        }
    }

    /** The job's input killed a child; returns whether it is held from now on. */
    boolean countDeath(TranscodeJob job) throws IOException {
        String hash = hash(job);
        synchronized (deaths) {
            return deaths.merge(hash, 1, Integer::sum) >= DEATHS;
        }
    }

    private static String hash(TranscodeJob job) throws IOException {
        MessageDigest digest = RequestIds.sha256();
        if (job.media() instanceof InMemory memory) {
            digest.update(memory.bytes());
        } else if (job.media() instanceof InFile file) {
            try (InputStream in = Files.newInputStream(file.path())) {
                byte[] part = new byte[1 << 16];
                for (int read = in.read(part); read >= 0; read = in.read(part)) {
                    digest.update(part, 0, read);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
