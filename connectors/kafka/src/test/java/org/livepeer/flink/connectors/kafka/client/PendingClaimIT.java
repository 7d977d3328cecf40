package org.livepeer.flink.connectors.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.source.TopicRecordDeserializer;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Epoch;

/** What opens the way for a job that was started beside the one that it replaces. */
@Timeout(120)
class PendingClaimIT {
    private static final String SECRET = "0123456789abcdef";
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir static Path folder;
    static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void theSecondRecordOpensTheWayAndTheFirstIsTheClaim() throws Exception {
        KafkaAddress address = deployment("second-");
        append(address, "another", SECRET);
        CompletableFuture<Long> claim = await(pending(address, "second", LONG, LONG));

        long first = append(address, "second", SECRET);
        append(address, "another", SECRET);
        append(address, "second", "another secret!!");
        TimeUnit.MILLISECONDS.sleep(1_000);

        assertThat(claim).as("no second record of its own yet").isNotDone();
        append(address, "second", SECRET);
        assertThat(claim.get(30, TimeUnit.SECONDS)).isEqualTo(first);
    }

    @Test
    void whenWhoClaimedDiedTheWayOpensAfterAWhile() throws Exception {
        KafkaAddress address = deployment("alone-");
        long first = append(address, "alone", SECRET);
        Duration patience = Duration.ofSeconds(2);
        long began = System.currentTimeMillis();

        assertThat(await(pending(address, "alone", LONG, patience)).get(30, TimeUnit.SECONDS))
                .isEqualTo(first);

        assertThat(System.currentTimeMillis() - began).isGreaterThan(1_000);
        assertThat(pending(address, "alone", LONG, LONG).await())
                .as("known in this process from then on")
                .isEqualTo(first);
    }

    @Test
    void aJobThatNobodyClaimsForEndsForGood() {
        KafkaAddress address = deployment("none-");

        assertThatThrownBy(() -> pending(address, "none", Duration.ofSeconds(1), LONG).await())
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("livepeer upgrade");
    }

    @Test
    void aSourceReadsNothingBefore() {
        Claim others =
                () -> {
                    throw new IllegalStateException("the deployment is another's");
                };

        assertThatThrownBy(() -> new TopicRecordDeserializer(others).open(null))
                .hasMessageContaining("another's");
    }

    @Test
    void aCancelledTaskWaitsNoLonger() throws Exception {
        PendingClaim claim = pending(deployment("cancelled-"), "cancelled", LONG, LONG);
        CompletableFuture<Throwable> reader = new CompletableFuture<>();
        CompletableFuture<Throwable> waiter = new CompletableFuture<>();
        Thread reads = task(claim, reader);
        TimeUnit.MILLISECONDS.sleep(1_000);
        Thread waits = task(claim, waiter);
        TimeUnit.MILLISECONDS.sleep(200);

        waits.interrupt();
        assertThat(waiter.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        reads.interrupt();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    private static Thread task(PendingClaim claim, CompletableFuture<Throwable> ended) {
        Thread task =
                new Thread(
                        () -> {
                            try {
                                claim.await();
                            } catch (InterruptedException | RuntimeException e) {
                                ended.complete(e);
                            }
                        });
        task.start();
        return task;
    }

    private static CompletableFuture<Long> await(PendingClaim claim) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return claim.await();
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    private static PendingClaim pending(
            KafkaAddress address, String id, Duration lifetime, Duration patience) {
        return new PendingClaim(address, () -> secret(SECRET), id, lifetime, patience);
    }

    private static long append(KafkaAddress address, String id, String secret) {
        try (EpochLog epochs = new EpochLog(address, secret(secret))) {
            return epochs.append(
                    Epoch.newBuilder()
                            .setEpochId(id)
                            .setJobName("orchestrator")
                            .setVersion("0.1.0")
                            .setStartedAtMs(1)
                            .build());
        }
    }

    private static ClusterSecret secret(String text) {
        return new ClusterSecret(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KafkaAddress deployment(String prefix) {
        KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), prefix);
        try (TopicAdmin topics = new TopicAdmin(address)) {
            topics.create(1, 1);
        }
        return address;
    }
}
