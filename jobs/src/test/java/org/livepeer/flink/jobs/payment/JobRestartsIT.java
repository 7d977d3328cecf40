package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.jobs.cluster.ProcessCluster;

/**
 * The orchestrator job started and cancelled again and again in one TaskManager of a session
 * cluster: each start checks its tickets by libsecp256k1, and what ended is let go.
 *
 * <p>The JobManager has room for all: Avro leaves an object of its own in the threads there that
 * read a job's graph, and so keeps that job's classes (its {@code Schema.VALIDATE_NAMES}).
 *
 * <p>Runs with {@code -Dlivepeer.restarts=20}, for as many starts.
 */
@EnabledIfSystemProperty(
        named = "livepeer.restarts",
        matches = "\\d+",
        disabledReason = "takes a quarter of a minute for each start: -Dlivepeer.restarts=20")
class JobRestartsIT {
    private static final int STARTS = Integer.getInteger("livepeer.restarts", 3);
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** Class loaders of jobs that may be left: of the last one, and of one not let go yet. */
    private static final int FEW = 2;

    private static final Pattern LIBRARY = Pattern.compile("/\\S*secp256k1-\\S+\\.so");
    private static final Pattern LOADERS =
            Pattern.compile("\\s(\\d+)\\s+\\d+\\s+org\\.apache\\.flink\\.util\\.ChildFirst");

    @Test
    void eachStartHasTheLibraryAndLeavesNothing(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        Path stored;
        try (Stream<Path> fixtures = Files.list(PaidFixture.STORED)) {
            stored = fixtures.sorted().findFirst().orElseThrow();
        }
        PaidFixture fixture = PaidFixture.copy(stored, work.resolve("fixture"));
        Path secret = PaidFixture.place(work.resolve("secret")).resolve("cluster.secret");
        try (ProcessCluster cluster =
                ProcessCluster.in(work)
                        .brokers(1)
                        .jobManagers(1)
                        .taskManagers(1)
                        .flink("jobmanager.memory.process.size", "3g")
                        .flink("jobmanager.memory.jvm-metaspace.size", "2g")
                        .shortLived()
                        .start()) {
            KafkaAddress kafka = cluster.kafka("");
            try (TopicAdmin admin = new TopicAdmin(kafka)) {
                admin.create(1, 1);
            }
            String jar =
                    cluster.rest()
                            .upload(Path.of("target", "orchestrator-job.jar").toAbsolutePath());
            List<String> arguments =
                    List.of(
                            "--kafka",
                            cluster.bootstrapServers(),
                            "--clusterSecret",
                            secret.toString(),
                            "--freshLedger",
                            "true");
            try (ChainRowsWriter edge =
                    new ChainRowsWriter(kafka, new SecretFile(secret).secret())) {
                for (int start = 1; start <= STARTS; start++) {
                    Set<String> before = libraries(cluster);
                    String job = cluster.rest().run(jar, null, arguments, 1, null);
                    await(cluster, job, "RUNNING");
                    fixture.paysOnce(kafka, edge, 1_000 + start);
                    Set<String> now = libraries(cluster);
                    now.removeAll(before);
                    assertThat(now).as("taken in by start " + start).hasSize(1);
                    cluster.rest().cancel(job);
                    await(cluster, job, "CANCELED");
                }
            }
            // What is let go takes more than one collection to be gone.
            int left = loaders(cluster);
            for (int tries = 0; left > FEW && tries < 20; tries++) {
                Thread.sleep(500);
                left = loaders(cluster);
            }
            assertThat(left).isLessThanOrEqualTo(FEW);
            assertThat(libraries(cluster)).hasSizeLessThanOrEqualTo(FEW);
        }
    }

    private static void await(ProcessCluster cluster, String job, String state)
            throws InterruptedException {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!cluster.rest().state(job).equals(state)) {
            assertThat(System.nanoTime()).as("time for " + state).isLessThan(end);
            Thread.sleep(50);
        }
    }

    /** Files of libsecp256k1 that the TaskManager has mapped. */
    private static Set<String> libraries(ProcessCluster cluster) throws IOException {
        Set<String> found = new TreeSet<>();
        Path maps = Path.of("/proc", Long.toString(cluster.pid("taskmanager-1")), "maps");
        for (String line : Files.readAllLines(maps)) {
            Matcher matcher = LIBRARY.matcher(line);
            if (matcher.find()) {
                found.add(matcher.group());
            }
        }
        return found;
    }

    /** Class loaders of jobs that something in the TaskManager still holds. */
    private static int loaders(ProcessCluster cluster) throws Exception {
        Process histogram =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(cluster.pid("taskmanager-1")),
                                "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        String text = new String(histogram.getInputStream().readAllBytes(), UTF_8);
        assertThat(histogram.waitFor()).as(text).isZero();
        assertThat(text).contains("java.lang.String");
        Matcher matcher = LOADERS.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
