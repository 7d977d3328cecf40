package org.livepeer.flink.connectors.transcoder.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.media.Oddities;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Damaged media through supervised children: each is transcoded or refused for its own reason, the
 * pool goes on, and its memory stays bounded. {@code -Dlivepeer.fuzz.segments=20000} for the long
 * run.
 */
class EngineFuzzIT {
    private static final int SEGMENTS = Integer.getInteger("livepeer.fuzz.segments", 500);
    private static final long SEED = Long.getLong("livepeer.fuzz.seed", 20_261_124L);
    private static final int TS_PACKET = 188;

    private final Random random = new Random(SEED);

    @Test
    void thePoolSurvivesDamagedMedia(@TempDir Path folder) throws Exception {
        List<byte[]> corpus = corpus();
        Map<String, Integer> counts = new TreeMap<>();
        long early = 0;
        try (LibavTranscoder pool =
                new LibavTranscoder(LibavOptions.defaults(1, folder).withPreset("ultrafast"))) {
            for (int i = 0; i < SEGMENTS; i++) {
                byte[] media = damaged(corpus.get(random.nextInt(corpus.size())));
                counts.merge(outcome(pool, media), 1, Integer::sum);
                if (i == SEGMENTS / 4) {
                    early = resident(pool);
                }
            }
            long late = resident(pool);
            System.out.printf(
                    "fuzz: seed %d, %d segments: %s, resident %d then %d MiB%n",
                    SEED, SEGMENTS, counts, early, late);
            assertThat(outcome(pool, corpus.get(0))).isEqualTo("ok");
            assertThat(late).as("memory does not grow").isLessThan(early + 200);
        }
        assertThat(counts).containsKey("ok").doesNotContainKey(Reason.InternalError.name());
        assertThat(counts.keySet())
                .as("no process died or hung")
                .doesNotContain(
                        Reason.WorkerCrashed.name(),
                        Reason.QuarantinedInput.name(),
                        Reason.DeadlineExceeded.name());
    }

    private static List<byte[]> corpus() throws Exception {
        SyntheticOptions small = SyntheticOptions.of(64, 64, 10).withSegmentMs(500);
        List<byte[]> corpus = new ArrayList<>();
        corpus.add(Jobs.segment(small));
        corpus.add(Jobs.segment(small.withCodec(VideoCodec.H265)));
        corpus.add(Oddities.audioOnly());
        corpus.add(Oddities.withoutKeyFrames(corpus.get(0)));
        corpus.add(
                Oddities.joined(
                        1,
                        corpus.get(0),
                        Jobs.segment(SyntheticOptions.of(96, 64, 10).withSegmentMs(500))));
        corpus.add(Oddities.withGap(corpus.get(0), 3));
        corpus.add(Oddities.ofSize(2, 2));
        return corpus;
    }

    private static String outcome(LibavTranscoder pool, byte[] media) throws Exception {
        try {
            pool.transcode(Jobs.job(media, Jobs.profile(64, 64).build()));
            return "ok";
        } catch (TranscodeException e) {
            return e.reason().name();
        }
    }

    /** MiB of the children. */
    private static long resident(LibavTranscoder pool) throws Exception {
        long pages = 0;
        for (long pid : pool.childPids()) {
            pages +=
                    Long.parseLong(
                            Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ")[1]);
        }
        return pages * 4096 >> 20;
    }

    private byte[] damaged(byte[] media) {
        byte[] changed = media.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = random.nextInt(60); i >= 0; i--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
            }
            case 1 -> changed = java.util.Arrays.copyOf(changed, random.nextInt(changed.length));
            case 2 -> changed = shuffled(changed);
            default -> {
                // Damage the tables and headers at the front.
                for (int i = random.nextInt(20); i >= 0; i--) {
                    int at = random.nextInt(Math.min(changed.length, 6 * TS_PACKET));
                    changed[at] = (byte) random.nextInt(256);
                }
            }
        }
        return changed;
    }

    /** Packets dropped, doubled and out of order. */
    private byte[] shuffled(byte[] media) {
        int packets = media.length / TS_PACKET;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < packets; i++) {
            int from = random.nextInt(10) == 0 ? random.nextInt(packets) : i;
            for (int times = random.nextInt(12) == 0 ? random.nextInt(3) : 1; times > 0; times--) {
                out.write(media, from * TS_PACKET, TS_PACKET);
            }
        }
        return out.toByteArray();
    }
}
