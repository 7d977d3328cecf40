package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.WorkSubtask;

/** The whole job on a real broker and a MiniCluster; the worker is inside the test. */
class OrchestratorIT {
    @TempDir Path folder;
    private OrchestratorRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = rig(folder);
    }

    /** With a broker in this process; another one where this is overridden. */
    OrchestratorRig rig(Path folder) throws Exception {
        return new OrchestratorRig(folder);
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    private static Set<String> answered(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<String> ids = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if ("ok".equals(TopicTail.header(record, "livepeer-status"))) {
                ids.add(
                        TopicTail.header(record, "livepeer-seq")
                                + "/"
                                + TopicTail.header(record, "livepeer-rendition"));
            }
        }
        return ids;
    }

    private AccountState account(String name, long charged) {
        return Ledgers.settled(rig.address, name, charged, OrchestratorRig.PATIENCE);
    }

    @Test
    void aStreamIsAnsweredAndChargedAndGoesOnOverASavepointAtAnotherParallelism() throws Exception {
        // Given a job with one worker and an account with credit
        JobClient job =
                rig.submit(rig.options("--pricePerUnit", "3"), new LocalWorkers(50), 1, null);
        rig.announce("w1");
        rig.grant("manifest:cam", 1_000_000_000_000L);
        account("manifest:cam", 0);

        // When segments are pushed before, while and after it is replaced by a new version
        for (int seq = 0; seq < 10; seq++) {
            rig.push("cam", seq);
        }
        String savepoint = rig.stopWithSavepoint(job);
        for (int seq = 10; seq < 15; seq++) {
            rig.push("cam", seq);
        }
        rig.submit(rig.options("--pricePerUnit", "3"), new LocalWorkers(50), 2, savepoint);
        for (int seq = 15; seq < 20; seq++) {
            rig.push("cam", seq);
        }

        // Then no rendition is missing and each segment is charged once, to the wei
        try (TopicTail renditions = rig.tail(Topics.RENDITIONS)) {
            assertThat(
                            answered(
                                    renditions.until(
                                            all -> answered(all).size() == 40,
                                            OrchestratorRig.PATIENCE)))
                    .contains("0/P240p30fps16x9", "19/P144p30fps16x9");
        }
        AccountState account = account("manifest:cam", 20);
        assertThat(account.getChargedSegments()).isEqualTo(20);
        assertThat(Fraction.of(account.getFees()))
                .isEqualTo(Fraction.of(20 * 2 * LocalWorkers.PIXELS * 3));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }

    @Test
    void withoutCreditNothingIsWorkedAndTheStreamGoesOnWhenItArrives() throws Exception {
        rig.submit(rig.options("--pricePerUnit", "3"), new LocalWorkers(10), 1, null);
        rig.announce("w1");
        int before = LocalWorkers.CALLS.get();

        rig.push("poor", 0);
        try (TopicTail renditions = rig.tail(Topics.RENDITIONS)) {
            renditions.until(
                    all ->
                            all.stream()
                                    .anyMatch(
                                            r ->
                                                    "InsufficientBalance"
                                                            .equals(
                                                                    TopicTail.header(
                                                                            r, "livepeer-status"))),
                    OrchestratorRig.PATIENCE);
            assertThat(LocalWorkers.CALLS.get()).isEqualTo(before);

            rig.grant("manifest:poor", 1_000_000_000_000L);
            account("manifest:poor", 0);
            rig.push("poor", 1);
            renditions.until(
                    all -> answered(all).contains("1/P240p30fps16x9"), OrchestratorRig.PATIENCE);
        }
    }

    @Test
    void anAvroPushIsAnsweredOnResultsAndARepeatIsNotCharged() throws Exception {
        rig.submit(rig.options("--pricePerUnit", "1"), new LocalWorkers(10), 1, null);
        rig.announce("w1");
        rig.grant("manifest:avro", 1_000_000_000_000L);
        account("manifest:avro", 0);
        Segment segment =
                Segment.newBuilder()
                        .setManifestId("avro")
                        .setSeq(3)
                        .setDurationMs(2_000)
                        .setPresets(List.of("P144p30fps16x9"))
                        .setReplyPartition(5)
                        .setPayload(ByteBuffer.wrap(new byte[] {0x47, 1}))
                        .build();

        rig.pushes.push(segment).get();
        try (TopicTail results = rig.tail(Topics.RESULTS)) {
            results.until(all -> all.size() == 1, OrchestratorRig.PATIENCE);
            account("manifest:avro", 1);
            rig.pushes.push(segment).get();
            List<ConsumerRecord<byte[], byte[]>> both =
                    results.until(all -> all.size() == 2, OrchestratorRig.PATIENCE);
            assertThat(both).allMatch(r -> r.partition() == 5);
            SegmentResult first = TopicTail.decode(SegmentResult.class, both.get(0));
            SegmentResult second = TopicTail.decode(SegmentResult.class, both.get(1));
            assertThat(first.getStatus()).isEqualTo("ok");
            assertThat(second.getRequestId()).isEqualTo(first.getRequestId());
            assertThat(second.getRenditions()).hasSize(1);
        }
        assertThat(account("manifest:avro", 1).getChargedSegments()).isEqualTo(1);
    }

    @Test
    void theSubtasksOfWorkSayWhereTheyRunAndTheCellThatHearsThemSaysThatItWorks() throws Exception {
        // Given a job of two subtasks and no worker that could wake the cell
        rig.submit(rig.options(), new LocalWorkers(10), 2, null);

        try (TopicTail subtasks = rig.tail(Topics.SUBTASKS);
                TopicTail liveness = rig.tail(Topics.LIVENESS)) {
            List<ConsumerRecord<byte[], byte[]>> said =
                    subtasks.until(all -> all.size() >= 2, OrchestratorRig.PATIENCE);
            assertThat(said)
                    .extracting(r -> TopicTail.decode(WorkSubtask.class, r).getSubtask())
                    .contains(0, 1);
            assertThat(said)
                    .allMatch(
                            r ->
                                    TopicTail.decode(WorkSubtask.class, r)
                                            .getHosts()
                                            .contains("127.0.0.1"));
            ConsumerRecord<byte[], byte[]> alive =
                    liveness.until(all -> !all.isEmpty(), OrchestratorRig.PATIENCE).get(0);
            assertThat(TopicTail.decode(Liveness.class, alive).getWorkers()).isZero();
        }
        try (TopicTail letters = rig.tail(Topics.DEAD_LETTER)) {
            assertThat(letters.now()).isEmpty();
        }
    }

    @Test
    void aSecondJobWithoutStateRefusesAndAnOlderCopyStops() throws Exception {
        JobClient first = rig.submit(rig.options(), new LocalWorkers(10), 1, null);
        rig.grant("manifest:cam", 5);
        account("manifest:cam", 0);

        assertThatThrownBy(() -> rig.submit(rig.options(), new LocalWorkers(10), 1, null))
                .hasMessageContaining("--freshLedger");

        rig.submit(rig.options("--freshLedger"), new LocalWorkers(10), 1, null);
        assertThatThrownBy(() -> first.getJobExecutionResult().get())
                .hasStackTraceContaining("owns this deployment now");
    }
}
