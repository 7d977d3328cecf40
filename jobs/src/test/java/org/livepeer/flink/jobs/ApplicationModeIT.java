package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.jobs.cluster.ProcessCluster;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;

/** JobManagers that run the job themselves, as on Kubernetes; the leading one is killed. */
class ApplicationModeIT {
    private static final String ACCOUNT = "manifest:" + LiveStream.MANIFEST;
    private static final String PROFILE = "P144p30fps16x9";
    private static final long PRICE = 3;
    private static final long PIXELS = 256L * 144 * 30;
    private static final Duration BOUND = Duration.ofSeconds(90);

    @Test
    void anotherJobManagerGoesOnWithTheSameBalances(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path work) throws Exception {
        Path secretPath = work.resolve("cluster.secret");
        SecretFile secret = SecretFile.orCreate(secretPath);
        try (ProcessCluster cluster =
                ProcessCluster.in(work)
                        .shortLived()
                        .flink("parallelism.default", "2")
                        .application(
                                Path.of("target", "orchestrator-job.jar").toAbsolutePath(),
                                OrchestratorJob.class.getName(),
                                started -> arguments(started, secretPath))
                        .start()) {
            KafkaAddress kafka = cluster.kafka("");
            Ledgers.grant(kafka, secret, ACCOUNT, 1_000_000_000_000_000L);
            Nodes nodes = new Nodes(cluster, work, secretPath);
            nodes.transcoder("worker-1", "ultrafast");
            URI edge = nodes.edge("edge-1");
            Nodes.awaitReady(kafka, 1);
            try (LiveStream stream = new LiveStream(kafka, edge, "", PROFILE)) {
                stream.start();
                awaitDelivered(stream, 6);
                String leader = cluster.leader();
                cluster.kill9(leader);
                awaitDelivered(stream, stream.delivered() + 6);

                Map<Long, String> answers = stream.finish();

                assertThat(answers).hasSize(stream.pushed());
                assertThat(stream.notDelivered()).isEmpty();
                AccountState account = Ledgers.settled(kafka, ACCOUNT, answers.size(), BOUND);
                assertThat(account.getChargedSegments()).isEqualTo(answers.size());
                assertThat(Fraction.of(account.getFees()))
                        .isEqualTo(Fraction.of(answers.size() * PIXELS * PRICE));
                assertThat(Accounts.sumRuleHolds(account)).isTrue();
                assertThat(cluster.rest().jobs()).hasSize(1).containsValue("RUNNING");
            }
        }
    }

    private static List<String> arguments(ProcessCluster cluster, Path secret) {
        try (TopicAdmin admin = new TopicAdmin(cluster.kafka(""))) {
            admin.create(1, 1);
        }
        return List.of(
                "--kafka",
                cluster.bootstrapServers(),
                "--clusterSecret",
                secret.toString(),
                "--pricePerUnit",
                Long.toString(PRICE));
    }

    private static void awaitDelivered(LiveStream stream, long segments)
            throws InterruptedException {
        long end = System.nanoTime() + BOUND.toNanos();
        while (stream.delivered() < segments) {
            assertThat(System.nanoTime()).as("time for " + segments + " segments").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
