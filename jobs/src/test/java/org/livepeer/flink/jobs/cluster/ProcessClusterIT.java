package org.livepeer.flink.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;

/** Kills each kind of process under a job that counts; no record may be lost or counted twice. */
class ProcessClusterIT {
    private static final Duration BOUND = Duration.ofSeconds(60);

    @Test
    void countsOnWhateverIsKilled(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work)
            throws Exception {
        long began = System.nanoTime();
        try (ProcessCluster cluster =
                ProcessCluster.in(work)
                        .flinkLibrariesOf(
                                KafkaSource.class,
                                DeliveryGuarantee.class,
                                KafkaProducer.class,
                                KafkaAddress.class)
                        .start()) {
            say("all up after " + ms(began) + " ms");
            KafkaAddress kafka = cluster.kafka("");
            topics(kafka);
            FlinkRest rest = cluster.rest();
            String jar = rest.upload(JobJar.of(work.resolve("count.jar"), CountJob.class));
            List<String> arguments = List.of(cluster.bootstrapServers(), "in", "out");
            String job = rest.run(jar, CountJob.class.getName(), arguments, 2, null);
            try (Traffic traffic = new Traffic(kafka, "in", "out")) {
                runs(cluster, traffic);
                cluster.await("a checkpoint", BOUND, () -> rest.completedCheckpoints(job) > 0);
                say("first run: " + traffic.takeLongestGapMs() + " ms");
                memory(cluster);

                killTaskManager(cluster, traffic, job);
                killLeader(cluster, traffic, job);
                killBroker(cluster, traffic, job);

                traffic.stopSending();
                cluster.await("every result", BOUND, traffic::allAnswered);
                say(traffic.answered() + " of " + traffic.sent() + " answered");
                assertThat(traffic.answered()).isGreaterThanOrEqualTo(traffic.sent());
                assertThat(traffic.countsAreWhole()).isTrue();
                assertThat(traffic.disagreements()).isZero();
            }
            savepoint(cluster, rest, jar, job, arguments);
        }
        say("took " + ms(began) + " ms");
    }

    private static void killTaskManager(ProcessCluster cluster, Traffic traffic, String job) {
        cluster.kill9("taskmanager-2");
        assertThat(cluster.isAlive("taskmanager-2")).isFalse();
        runs(cluster, traffic);
        FlinkRest rest = cluster.rest();
        cluster.await("a restart in the metric", BOUND, () -> rest.restarts(job) > 0);
        assertThat(rest.exceptions(job)).isNotEmpty();
        say(
                "TaskManager killed: "
                        + gap(traffic)
                        + " ms, restarts "
                        + rest.restarts(job)
                        + ", because of "
                        + rest.exceptions(job).stream().map(e -> e.split(":", 2)[0]).toList());
        cluster.restart("taskmanager-2");
        cluster.await("TaskManagers", BOUND, () -> rest.taskManagers() == 2, "taskmanager-2");
    }

    private static void killLeader(ProcessCluster cluster, Traffic traffic, String job) {
        String leader = cluster.leader();
        cluster.kill9(leader);
        FlinkRest rest = cluster.rest();
        cluster.await("the standby", BOUND, () -> !cluster.leader().equals(leader));
        runs(cluster, traffic);
        cluster.await("a running job", BOUND, () -> rest.jobs().containsKey(job));
        say("JobManager killed: " + gap(traffic) + " ms, restarts " + rest.restarts(job));
        cluster.restart(leader);
        assertThat(rest.state(job)).isEqualTo("RUNNING");
    }

    private static void killBroker(ProcessCluster cluster, Traffic traffic, String job) {
        int before = cluster.rest().restarts(job);
        cluster.kill9("broker-1");
        cluster.restart("broker-1");
        runs(cluster, traffic);
        FlinkRest rest = cluster.rest();
        say("broker killed: " + gap(traffic) + " ms, restarts " + (rest.restarts(job) - before));
        assertThat(rest.restarts(job)).as("the clients wait for the broker").isEqualTo(before);
    }

    private static void savepoint(
            ProcessCluster cluster,
            FlinkRest rest,
            String jar,
            String job,
            List<String> arguments) {
        String place = rest.stop(job);
        cluster.await("the end", BOUND, () -> rest.state(job).equals("FINISHED"));
        String next = rest.run(jar, null, arguments, 1, place);
        cluster.await("the next job", BOUND, () -> rest.state(next).equals("RUNNING"));
        rest.cancel(next);
        cluster.await("its end", BOUND, () -> rest.state(next).equals("CANCELED"));
    }

    /** Waits until 80 records that were sent from now on have come out. */
    private static void runs(ProcessCluster cluster, Traffic traffic) {
        int enough = traffic.sent() + 80;
        cluster.await("results", BOUND, () -> traffic.answered() >= enough);
    }

    private static long gap(Traffic traffic) {
        long gap = traffic.takeLongestGapMs();
        assertThat(gap).isLessThan(BOUND.toMillis());
        return gap;
    }

    private static void topics(KafkaAddress kafka) throws Exception {
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            admin.createTopics(
                            List.of(
                                    new NewTopic("in", 2, (short) 1),
                                    new NewTopic("out", 2, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void memory(ProcessCluster cluster) throws Exception {
        long total = 0;
        for (String name : cluster.names()) {
            Path status = Path.of("/proc", Long.toString(cluster.pid(name)), "status");
            if (cluster.isAlive(name) && Files.exists(status)) {
                long kb =
                        Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmRSS:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .sum();
                total += kb;
                say(name + " has " + kb / 1024 + " MB");
            }
        }
        say("all have " + total / 1024 + " MB");
    }

    private static long ms(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    private static void say(String line) {
        System.out.println("[cluster] " + line);
    }
}
