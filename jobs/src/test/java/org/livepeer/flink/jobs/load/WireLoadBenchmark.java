package org.livepeer.flink.jobs.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.jobs.Nodes;
import org.livepeer.flink.jobs.cluster.ProcessCluster;

/**
 * As many sessions of a gateway as the deployment takes, in real time, off chain, on a cluster of
 * processes with the loopback engine; every ten seconds another sender wants one more. Says for
 * each minute how long answers took from when the segment was due, how quickly the one more was
 * refused, and how much memory each process holds; at the end how the last third of the minutes
 * compares with the first.
 *
 * <p>{@code -Dlivepeer.load.minutes=30 -Dlivepeer.load.sessions=50 -Dlivepeer.load.bytes=50000
 * -Dlivepeer.load.ramp=60} (seconds, counted by themselves) {@code -Dlivepeer.load.segment=2000}
 * (ms).
 */
class WireLoadBenchmark {
    private static final int MINUTES = Integer.getInteger("livepeer.load.minutes", 30);
    private static final int SESSIONS = Integer.getInteger("livepeer.load.sessions", 50);
    private static final int BYTES = Integer.getInteger("livepeer.load.bytes", 50_000);
    private static final long SEGMENT_MS = Long.getLong("livepeer.load.segment", 2_000);
    private static final int RAMP_S = Integer.getInteger("livepeer.load.ramp", 60);
    private static final int TRY_EVERY_S = 10;
    private static final Duration BOUND = Duration.ofSeconds(120);

    /** A minute of the load. */
    private record Row(WireSessions.Answered answered, double refusedMs, Map<String, Long> memory) {
        double p50() {
            return answered.quantile(0.5);
        }

        double p99() {
            return answered.quantile(0.99);
        }
    }

    @Test
    void sessionsOfAGateway(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        byte[] media = new byte[BYTES];
        new Random(1).nextBytes(media);
        Path secret = work.resolve("cluster.secret");
        SecretFile.orCreate(secret);
        try (ProcessCluster cluster =
                ProcessCluster.in(work).brokers(1).jobManagers(1).taskManagers(1).start()) {
            KafkaAddress kafka = cluster.kafka("");
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            LoadBenchmark.worker(cluster, work, 1, SEGMENT_MS, SESSIONS);
            int port = Nodes.port();
            Nodes nodes = new Nodes(cluster, work, secret);
            nodes.orchestrator("edge", "-serviceAddr", "127.0.0.1:" + port, "-parallelism", "1");
            Nodes.awaitWorkers(kafka, 1);
            nodes.awaitReady("edge");
            InetSocketAddress orchestrator = new InetSocketAddress("127.0.0.1", port);
            try (WireSessions sessions = new WireSessions(orchestrator, media, SEGMENT_MS);
                    OneMore oneMore = new OneMore(orchestrator, media, SEGMENT_MS)) {
                List<Row> rows = run(cluster, sessions, oneMore);
                summary(rows);
                say("failed in all, those of the ramp included: " + sessions.failures());
                say("one more was told: " + oneMore.said());
                assertThat(rows.stream().mapToInt(row -> row.answered().failed()).sum())
                        .as("failed segments after the ramp")
                        .isZero();
                assertThat(oneMore.said().keySet())
                        .as("what one more session was told")
                        .isNotEmpty()
                        .allMatch(text -> text.endsWith(OneMore.CAPPED));
            }
        }
    }

    private static List<Row> run(ProcessCluster cluster, WireSessions sessions, OneMore oneMore)
            throws InterruptedException {
        begin(cluster, sessions);
        say("minute     ok failed   p50 ms   p99 ms   max ms  one more refused ms  MB");
        List<Row> rows = new ArrayList<>();
        long began = System.nanoTime();
        for (int minute = 1; minute <= MINUTES; minute++) {
            for (int second = TRY_EVERY_S; second <= 60; second += TRY_EVERY_S) {
                long due = began + TimeUnit.SECONDS.toNanos((minute - 1) * 60L + second);
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                oneMore.tryOnce();
            }
            Row row = new Row(sessions.minute(), oneMore.slowest(), LoadBenchmark.memory(cluster));
            rows.add(row);
            say(
                    "%6d %6d %6d %8.1f %8.1f %8.1f %20.1f  %s"
                            .formatted(
                                    minute,
                                    row.answered().sortedMs().length,
                                    row.answered().failed(),
                                    row.p50(),
                                    row.p99(),
                                    row.answered().quantile(1),
                                    row.refusedMs(),
                                    row.memory()));
        }
        return rows;
    }

    /** Starts the sessions and waits until each has had an answer. */
    private static void begin(ProcessCluster cluster, WireSessions sessions)
            throws InterruptedException {
        sessions.start(SESSIONS, RAMP_S);
        long end = System.nanoTime() + BOUND.plusSeconds(RAMP_S).toNanos();
        while (sessions.working() < SESSIONS) {
            assertThat(System.nanoTime())
                    .as("time for all sessions to begin; failures %s", sessions.failures())
                    .isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(200);
        }
        // The edge counts sessions by the job's rows, which linger a moment.
        TimeUnit.SECONDS.sleep(5);
        WireSessions.Answered ramp = sessions.minute();
        say(
                "%d sessions began: %d answers, %d failed, p50 %.1f ms, MB %s"
                        .formatted(
                                SESSIONS,
                                ramp.sortedMs().length,
                                ramp.failed(),
                                ramp.quantile(0.5),
                                LoadBenchmark.memory(cluster)));
    }

    private static void summary(List<Row> rows) {
        int third = Math.max(1, rows.size() / 3);
        List<Row> first = rows.subList(0, third);
        List<Row> last = rows.subList(rows.size() - third, rows.size());
        say(
                "first %d minutes against the last: p50 %.1f and %.1f ms, p99 %.1f and %.1f"
                        .formatted(
                                third,
                                median(first, Row::p50),
                                median(last, Row::p50),
                                median(first, Row::p99),
                                median(last, Row::p99)));
        Map<String, String> memory = new TreeMap<>();
        for (String process : rows.get(rows.size() - 1).memory().keySet()) {
            ToDoubleFunction<Row> held = row -> row.memory().getOrDefault(process, 0L);
            memory.put(process, "%.0f and %.0f".formatted(median(first, held), median(last, held)));
        }
        say("the same of memory, MB: " + memory);
    }

    private static double median(List<Row> rows, ToDoubleFunction<Row> value) {
        double[] sorted = rows.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void say(String what) {
        System.out.println("wire load: " + what);
    }
}
