package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/**
 * Remembers which inputs killed children, by content. Two deaths that the input caused, or four
 * that came from outside (the kernel may have had to kill a process for its memory), and the input
 * is not tried again. Thread-safe; keeps the last thousand suspects.
 */
final class Quarantine {
    private static final int LIMIT = 4;
    private static final int FAULT = 2;
    private static final int KILL = 1;
    private static final int SUSPECTS = 1000;

    private final Map<String, Integer> points =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > SUSPECTS;
                }
            };

    /** Whether the input is in quarantine. Reads the media only when there are suspects at all. */
    boolean holds(TranscodeJob.Media media) throws IOException {
        synchronized (points) {
            if (points.isEmpty()) {
                return false;
            }
        }
        String hash = hash(media);
        synchronized (points) {
            return points.getOrDefault(hash, 0) >= LIMIT;
        }
    }

    /**
     * A child died on the input.
     *
     * @param fromOutside it was killed by a signal
     * @return whether the input is in quarantine now
     */
    boolean died(TranscodeJob.Media media, boolean fromOutside) throws IOException {
        String hash = hash(media);
        synchronized (points) {
            return points.merge(hash, fromOutside ? KILL : FAULT, Integer::sum) >= LIMIT;
        }
    }

    private static String hash(TranscodeJob.Media media) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            if (media instanceof TranscodeJob.InMemory memory) {
                digest.update(memory.bytes());
            } else if (media instanceof TranscodeJob.InFile file) {
                try (InputStream in = Files.newInputStream(file.path())) {
                    byte[] chunk = new byte[1 << 16];
                    int count;
                    while ((count = in.read(chunk)) > 0) {
                        digest.update(chunk, 0, count);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
