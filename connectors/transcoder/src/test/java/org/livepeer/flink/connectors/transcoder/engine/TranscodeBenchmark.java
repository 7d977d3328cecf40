package org.livepeer.flink.connectors.transcoder.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;

/**
 * Prints the CPU time that the pool of children takes against the ffmpeg program of the same build,
 * at 1, 2 and 4 streams at once. What the pool takes is that of the children and of this process.
 * The ways take turns, and the table holds medians over the rounds. It is no test and runs only
 * when it is named.
 */
class TranscodeBenchmark {
    private static final int ROUNDS = Integer.getInteger("livepeer.benchmark.rounds", 3);
    private static final String[] PRESETS =
            System.getProperty("livepeer.benchmark.presets", "medium,superfast").split(",");
    private static final String[] STREAMS =
            System.getProperty("livepeer.benchmark.streams", "1,2,4").split(",");
    private static final int SEGMENTS = 4;
    private static final Profile[] LADDER = {
        rung(1280, 720, 3_000_000),
        rung(854, 480, 1_600_000),
        rung(640, 360, 1_000_000),
        rung(426, 240, 600_000)
    };

    /** Who transcodes. */
    private enum Way {
        POOL,
        CLI,
        CLI_FREE,
        CLI_STREAM
    }

    @TempDir Path folder;

    private static Profile rung(int width, int height, int bitrate) {
        return Jobs.profile(width, height).setBitrate(bitrate).setFps(30).setGopMs(2000).build();
    }

    @Test
    void compareWithTheProgram() throws Exception {
        List<MediaSegment> source = Jobs.segments(SyntheticOptions.of(1280, 720, 30), SEGMENTS);
        FfmpegProgram program = new FfmpegProgram(folder, LADDER, source);
        StringBuilder table = new StringBuilder();
        for (String preset : PRESETS) {
            alike(preset, program, source.get(1));
            for (String streams : STREAMS) {
                table.append(row(preset, Integer.parseInt(streams), program, source)).append('\n');
            }
        }
        System.out.println(
                "| preset | streams | pool | CLI per segment | CLI per segment, its own threads | CLI per stream | pool / CLI per segment | / its own threads | / per stream |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        System.out.print(table);
    }

    /** What both make of one segment must be the same work. */
    private void alike(String preset, FfmpegProgram program, MediaSegment segment)
            throws Exception {
        try (LibavTranscoder pool = pool(preset, 1)) {
            Transcoded ours = pool.transcode(job(segment));
            List<byte[]> theirs = program.segment(preset, true, 1, 0);
            for (int i = 0; i < LADDER.length; i++) {
                byte[] one = ours.renditions().get(i).getPayload().array();
                byte[] other = theirs.get(i);
                double ssim = Likeness.ssim(one, other);
                System.out.printf(
                        Locale.ROOT,
                        "%s %s: %d and %d bytes, SSIM %.6f%n",
                        preset,
                        LADDER[i].getName(),
                        one.length,
                        other.length,
                        ssim);
                assertThat(Decoded.of(one).frames()).hasSameSizeAs(Decoded.of(other).frames());
                assertThat((double) one.length / other.length).isBetween(0.98, 1.02);
                assertThat(ssim).isGreaterThan(0.99);
            }
        }
    }

    /** With time enough on a busy machine. */
    private static TranscodeJob job(MediaSegment segment) {
        TranscodeJob.Media media = new TranscodeJob.InMemory(segment.bytes());
        Duration patience = Duration.ofMinutes(10);
        return new TranscodeJob(
                "request", "session", 0, media, List.of(LADDER), null, false, 0, patience);
    }

    private LibavTranscoder pool(String preset, int slots) {
        return new LibavTranscoder(LibavOptions.defaults(slots, folder).withPreset(preset));
    }

    private String row(String preset, int streams, FfmpegProgram program, List<MediaSegment> source)
            throws Exception {
        int each = Math.max(2, SEGMENTS / streams);
        double seconds =
                streams
                        * source.stream().limit(each).mapToLong(MediaSegment::durationMs).sum()
                        / 1000.0;
        Map<Way, double[]> cost = new EnumMap<>(Way.class);
        try (LibavTranscoder pool = pool(preset, streams)) {
            Side side = new Side(pool, program, preset, source);
            side.run(Way.POOL, streams, 1);
            for (int round = 0; round < ROUNDS; round++) {
                for (int turn = 0; turn < Way.values().length; turn++) {
                    Way way = Way.values()[(turn + round) % Way.values().length];
                    double spent = side.run(way, streams, each) / seconds;
                    System.out.printf(Locale.ROOT, "%s %d %s %.3f%n", preset, streams, way, spent);
                    cost.computeIfAbsent(way, w -> new double[ROUNDS])[round] = spent;
                }
            }
        }
        StringBuilder row = new StringBuilder("| " + preset + " | " + streams + " |");
        cost.values()
                .forEach(
                        all -> {
                            Arrays.sort(all);
                            row.append(
                                    String.format(
                                            Locale.ROOT,
                                            " %.3f (%.3f-%.3f) |",
                                            median(all),
                                            all[0],
                                            all[ROUNDS - 1]));
                        });
        double ours = median(cost.get(Way.POOL));
        for (Way way : List.of(Way.CLI, Way.CLI_FREE, Way.CLI_STREAM)) {
            row.append(String.format(Locale.ROOT, " %.3f |", ours / median(cost.get(way))));
        }
        return row.toString();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Runs streams side by side and says what that took. */
    private record Side(
            LibavTranscoder pool, FfmpegProgram program, String preset, List<MediaSegment> source) {
        /** CPU-seconds. */
        double run(Way way, int streams, int segments) throws Exception {
            CpuSeconds before = CpuSeconds.now(pool.childPids());
            Concurrently.run(streams, stream -> stream(way, stream, segments));
            CpuSeconds spent = CpuSeconds.now(pool.childPids()).minus(before);
            return way == Way.POOL ? spent.running() + spent.self() : spent.ended();
        }

        private void stream(Way way, int stream, int segments) throws Exception {
            if (way == Way.CLI_STREAM) {
                program.stream(preset, segments, stream);
                return;
            }
            for (int i = 0; i < segments; i++) {
                if (way == Way.POOL) {
                    pool.transcode(job(source.get(i)));
                } else {
                    program.segment(preset, way == Way.CLI, i, stream);
                }
            }
        }
    }
}
