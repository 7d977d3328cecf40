package org.livepeer.flink.jobs.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.schemas.Profile;

/**
 * How long a gateway waits at {@code /segment}, from the first byte of its segment to the last of
 * the answer, without what the transcoder takes: this orchestrator and any others in turn, with the
 * same media and ladder. The transcoder of each is this process, and it has its renditions already;
 * fetching the source and posting the result count as the orchestrator's. Then once more with a
 * worker of our own.
 *
 * <p>{@code -Dlivepeer.orchestrators=go=127.0.0.1:8935} (NAME=HOST:PORT, several with commas; off
 * chain, remote transcoders) {@code -Dlivepeer.orchSecret=foo -Dlivepeer.wire.segments=120} for
 * each of them, {@code -Dlivepeer.wire.warm=60} of them before that count for nothing, {@code
 * -Dlivepeer.wire.pace=1000} (ms from one to the next).
 */
class WireSpeedBenchmark {
    private static final int SEGMENTS = Integer.getInteger("livepeer.wire.segments", 120);
    private static final int WARM = Integer.getInteger("livepeer.wire.warm", 60);
    private static final int PACE_MS = Integer.getInteger("livepeer.wire.pace", 1_000);
    private static final int WARM_PACE_MS = Math.min(PACE_MS, 250);
    private static final OrchSecret SECRET =
            new OrchSecret(System.getProperty("livepeer.orchSecret", "foo"));
    private static final int DIFFERENT = 8;
    private static final List<Profile> LADDER =
            List.of(
                    Presets.of("P360p30fps16x9"),
                    Presets.of("P240p30fps16x9"),
                    Presets.of("P144p30fps16x9"));

    /** What happens between two points; one line for each that follow one another. */
    private record Stage(String what, Point from, Point to) {}

    private static final Stage UPLOAD =
            new Stage("upload, checks, append to segments", Point.PUSHED, Point.APPENDED);

    private static final List<Stage> OWN_WORKER =
            List.of(
                    UPLOAD,
                    new Stage("job, until a worker is called", Point.APPENDED, Point.CALLED),
                    new Stage("call, until the engine has it", Point.CALLED, Point.ENGINE),
                    new Stage("engine (not counted)", Point.ENGINE, Point.MADE),
                    new Stage("answer, until the call is over", Point.MADE, Point.ANSWERED),
                    new Stage("job, until appended to results", Point.ANSWERED, Point.RECORDED),
                    new Stage("edge reads, answers", Point.RECORDED, Point.SEEN));

    private static final List<Stage> REGISTERED =
            List.of(
                    UPLOAD,
                    new Stage("job, until a worker is called", Point.APPENDED, Point.CALLED),
                    new Stage("call, until the source is asked for", Point.CALLED, Point.ASKED),
                    new Stage("source, until the engine has it", Point.ASKED, Point.ENGINE),
                    new Stage("engine (not counted)", Point.ENGINE, Point.MADE),
                    new Stage("post, until it begins to come in", Point.MADE, Point.POSTED),
                    new Stage("post, until it has come in", Point.POSTED, Point.RECEIVED),
                    new Stage("answer, until the call is over", Point.RECEIVED, Point.ANSWERED),
                    new Stage("job, until appended to results", Point.ANSWERED, Point.RECORDED),
                    new Stage("edge reads, answers", Point.RECORDED, Point.SEEN));

    private final List<String> failures = new ArrayList<>();
    private List<PreparedMedia> media;

    @Test
    void besideOthers(@TempDir Path folder) throws Exception {
        media = PreparedMedia.make(DIFFERENT, LADDER, folder);
        say(
                "bytes of segments %s, of their three renditions together %s",
                media.stream().map(m -> m.source().length).distinct().toList(),
                media.stream().map(PreparedMedia::renditionBytes).toList());
        List<WireTarget> others = new ArrayList<>();
        PreparedEngine registered = new PreparedEngine();
        try (WireOrchestrator ours =
                new WireOrchestrator(
                        Files.createDirectory(folder.resolve("ours")), SECRET, registered)) {
            for (Map.Entry<String, InetSocketAddress> other : orchestrators().entrySet()) {
                others.add(target(other.getKey(), other.getValue(), new PreparedEngine(), folder));
            }
            try (WireTarget target = target("ours", ours.address(), registered, folder)) {
                compare(ours, target, others, REGISTERED);
            }
            PreparedEngine engine = new PreparedEngine();
            try (WireTarget target =
                    new WireTarget(
                            "ours-own-worker",
                            "own",
                            ours.address(),
                            LADDER,
                            engine,
                            ours.worker(engine))) {
                compare(ours, target, others, OWN_WORKER);
            }
        } finally {
            for (WireTarget other : others) {
                other.close();
            }
        }
        assertThat(failures).isEmpty();
    }

    private static WireTarget target(
            String name, InetSocketAddress at, PreparedEngine engine, Path folder)
            throws IOException {
        return WireTarget.registered(
                name, at, SECRET, LADDER, engine, folder.resolve("sources-" + name));
    }

    private static Map<String, InetSocketAddress> orchestrators() {
        Map<String, InetSocketAddress> all = new LinkedHashMap<>();
        for (String one : System.getProperty("livepeer.orchestrators", "").split(",")) {
            if (one.isBlank()) {
                continue;
            }
            String[] parts = one.strip().split("[=:]");
            if (parts.length != 3 || parts[0].equals("ours") || parts[0].equals("own")) {
                throw new IllegalArgumentException(
                        "livepeer.orchestrators '" + one + "' must be NAME=HOST:PORT");
            }
            all.put(parts[0], new InetSocketAddress(parts[1], Integer.parseInt(parts[2])));
        }
        return all;
    }

    private void compare(
            WireOrchestrator ours, WireTarget own, List<WireTarget> others, List<Stage> stages)
            throws InterruptedException {
        List<WireTarget> all = new ArrayList<>(List.of(own));
        all.addAll(others);
        for (WireTarget target : all) {
            target.awaitWork(media.get(0));
        }
        inTurn(all, WARM, WARM_PACE_MS);
        Map<WireTarget, List<String>> keys = inTurn(all, SEGMENTS, PACE_MS);
        for (WireTarget target : all) {
            report(target, keys.get(target));
        }
        for (WireTarget other : others) {
            ratio(own, keys.get(own), other, keys.get(other));
        }
        RecordTimes.stamp(ours.kafka());
        stages.forEach(stage -> report(own, stage, keys.get(own)));
        say(
                "%s: p50 ms from append to Ledger's verdict %.0f, to Assign's %.0f, warming up"
                        + " included",
                own.name(), ours.medianMs("LEDGER"), ours.medianMs("ASSIGN"));
    }

    /** The keys of those that were answered. */
    private Map<WireTarget, List<String>> inTurn(List<WireTarget> all, int rounds, int paceMs)
            throws InterruptedException {
        Map<WireTarget, List<String>> keys = new LinkedHashMap<>();
        all.forEach(target -> keys.put(target, new ArrayList<>()));
        long due = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            for (WireTarget target : all) {
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                due = Math.max(due, System.nanoTime()) + TimeUnit.MILLISECONDS.toNanos(paceMs);
                try {
                    keys.get(target).add(target.push(media.get(round % media.size())));
                } catch (IOException e) {
                    failures.add(target.name() + ": " + e.getMessage());
                }
            }
        }
        return keys;
    }

    private static double[] without(List<String> keys) {
        return keys.stream()
                .mapToDouble(
                        key ->
                                Stamps.ms(key, Point.PUSHED, Point.SEEN)
                                        - Stamps.ms(key, Point.ENGINE, Point.MADE))
                .toArray();
    }

    private void report(WireTarget target, List<String> keys) {
        double[] took = without(keys);
        say(
                "%s: n %d, /segment without the transcoder's own time (p50 %.2f ms): p50 %.1f, p90"
                        + " %.1f, p99 %.1f, max %.1f ms; p50 until the transcoder has it %.1f, from"
                        + " there %.1f; failed so far %s",
                target.name(),
                took.length,
                quantile(keys, Point.ENGINE, Point.MADE),
                Stamps.quantile(took, 0.5),
                Stamps.quantile(took, 0.9),
                Stamps.quantile(took, 0.99),
                Stamps.quantile(took, 1),
                quantile(keys, Point.PUSHED, Point.ENGINE),
                quantile(keys, Point.MADE, Point.SEEN),
                failures);
    }

    private static void ratio(
            WireTarget own, List<String> ours, WireTarget other, List<String> theirs) {
        say(
                "%s / %s: p50 %.2f (at most 2), p90 %.2f (at most 3), p99 %.2f",
                own.name(),
                other.name(),
                ratio(ours, theirs, 0.5),
                ratio(ours, theirs, 0.9),
                ratio(ours, theirs, 0.99));
    }

    private static double ratio(List<String> ours, List<String> theirs, double part) {
        return Stamps.quantile(without(ours), part) / Stamps.quantile(without(theirs), part);
    }

    /** Means add up to the mean of all. */
    private static void report(WireTarget own, Stage stage, List<String> keys) {
        say(
                "%s: %-35s p50 %6.2f  mean %6.2f ms",
                own.name(),
                stage.what(),
                quantile(keys, stage.from(), stage.to()),
                Arrays.stream(times(keys, stage.from(), stage.to()))
                        .filter(ms -> !Double.isNaN(ms))
                        .average()
                        .orElse(Double.NaN));
    }

    private static double quantile(List<String> keys, Point from, Point to) {
        return Stamps.quantile(times(keys, from, to), 0.5);
    }

    private static double[] times(List<String> keys, Point from, Point to) {
        return keys.stream().mapToDouble(key -> Stamps.ms(key, from, to)).toArray();
    }

    private static void say(String form, Object... values) {
        System.out.println("wire: " + form.formatted(values));
    }
}
