package org.livepeer.flink.connectors.transcoder.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
 * Damaged media through a supervised child: each is transcoded or refused for its own reason, and
 * the one child that does them all stays alive and bounded in its memory. {@code
 * -Dlivepeer.fuzz.segments=20000} for the long run.
 */
class EngineFuzzIT {
    private static final int SEGMENTS = Integer.getInteger("livepeer.fuzz.segments", 500);
    private static final long SEED = Long.getLong("livepeer.fuzz.seed", 20_261_124L);
    private static final int TS_PACKET = 188;
    private static final int QUARTERS = 4;

    private final Random random = new Random(SEED);

    @Test
    void thePoolSurvivesDamagedMedia(@TempDir Path folder) throws Exception {
        List<byte[]> corpus = corpus();
        Map<String, Integer> counts = new TreeMap<>();
        long[] most = new long[QUARTERS];
        // Without the replacement that would hide what a child keeps.
        LibavOptions options =
                LibavOptions.defaults(1, folder)
                        .withPreset("ultrafast")
                        .withJobsPerChild(Integer.MAX_VALUE);
        try (LibavTranscoder pool = new LibavTranscoder(options)) {
            List<Long> children = pool.childPids();
            for (int i = 0; i < SEGMENTS; i++) {
                byte[] media = damaged(corpus.get(random.nextInt(corpus.size())));
                counts.merge(outcome(pool, media), 1, Integer::sum);
                int quarter = (int) ((long) i * QUARTERS / SEGMENTS);
                most[quarter] = Math.max(most[quarter], resident(pool));
            }
            System.out.printf(
                    "fuzz: seed %d, %d segments: %s, most resident by quarter %s MiB%n",
                    SEED, SEGMENTS, counts, Arrays.toString(most));
            assertThat(outcome(pool, corpus.get(0))).isEqualTo("ok");
            assertThat(pool.childPids()).as("the child lives").isEqualTo(children);
            assertThat(most[QUARTERS - 1])
                    .as("memory does not grow")
                    .isLessThan(most[1] + most[1] / 4);
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
            case 1 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
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
