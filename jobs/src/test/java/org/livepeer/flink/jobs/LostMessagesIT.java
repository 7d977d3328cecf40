package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Receipt;

/**
 * What was done is paid once and delivered, although the job died between the work and the message
 * that tells of it, and comes back after the segment's deadline.
 */
class LostMessagesIT {
    private static final int DEADLINE_MS = 2_500;

    @TempDir Path folder;
    private OrchestratorRig rig;

    @BeforeEach
    void start() throws Exception {
        KeepingWorkers.reset();
        rig = new OrchestratorRig(folder);
        rig.submit(rig.options("--pricePerUnit", "3"), new KeepingWorkers(), 1, null);
        rig.announce("w1");
        rig.grant("manifest:cam", 1_000_000_000_000L);
        settled(0);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aLostResultIsAskedForAgainAfterTheDeadline() throws Exception {
        // Given work that was done, and whose answer the job never heard
        KeepingWorkers.silent = true;
        long pushedAt = push();
        awaitWork();

        // When every TaskManager is lost and comes back only after the deadline
        rig.loseTaskManagers();
        TimeUnit.MILLISECONDS.sleep(pushedAt + DEADLINE_MS + 500 - System.currentTimeMillis());
        assertThat(answers(Duration.ZERO)).isEmpty();
        rig.bringTaskManagers();

        // Then the kept result is delivered and charged, without a second transcode
        assertThat(answers(OrchestratorRig.PATIENCE)).containsOnly("ok");
        assertChargedOnce();
        assertThat(KeepingWorkers.ASKED_FOR_KEPT.get()).isPositive();
    }

    @Test
    void aLostReceiptIsWrittenAgainAfterTheDeadline() throws Exception {
        // Given a broker that takes results and no receipt
        receiptsOfAtMost(1);
        long pushedAt = push();

        // When the result is out, and the deadline passes while the job cannot write the receipt
        assertThat(answers(OrchestratorRig.PATIENCE)).contains("ok");
        TimeUnit.MILLISECONDS.sleep(
                Math.max(0, pushedAt + DEADLINE_MS + 500 - System.currentTimeMillis()));
        try (TopicTail receipts = rig.tail(Topics.RECEIPTS)) {
            assertThat(receipts.now()).isEmpty();
        }
        receiptsOfAtMost(1 << 20);

        // Then the receipt comes after all and charges once; the result is the same
        assertChargedOnce();
        assertThat(answers(Duration.ZERO)).containsOnly("ok");
        try (TopicTail receipts = rig.tail(Topics.RECEIPTS)) {
            assertThat(receipts.now())
                    .isNotEmpty()
                    .allMatch(r -> TopicTail.decode(Receipt.class, r).getSuccess());
        }
    }

    private long push() throws Exception {
        long now = System.currentTimeMillis();
        rig.pushes
                .pushRaw(
                        "cam",
                        0,
                        2_000,
                        "P144p30fps16x9",
                        new byte[] {0x47, 1},
                        Map.of("livepeer-deadline-ms", Integer.toString(DEADLINE_MS)))
                .get(30, TimeUnit.SECONDS);
        return now;
    }

    private static void awaitWork() throws InterruptedException {
        long end = System.nanoTime() + OrchestratorRig.PATIENCE.toNanos();
        while (KeepingWorkers.WORKED.get() == 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(KeepingWorkers.WORKED.get()).isEqualTo(1);
    }

    /** Status of every rendition record; waits for the first unless the patience is zero. */
    private List<String> answers(Duration patience) {
        try (TopicTail renditions = rig.tail(Topics.RENDITIONS)) {
            List<ConsumerRecord<byte[], byte[]>> all =
                    patience.isZero()
                            ? renditions.now()
                            : renditions.until(seen -> !seen.isEmpty(), patience);
            return all.stream().map(r -> TopicTail.header(r, "livepeer-status")).toList();
        }
    }

    private void assertChargedOnce() {
        AccountState account = settled(1);
        assertThat(account.getChargedSegments()).isEqualTo(1);
        assertThat(Fraction.of(account.getFees()))
                .isEqualTo(Fraction.of(KeepingWorkers.PIXELS * 3));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
        assertThat(KeepingWorkers.WORKED.get()).isEqualTo(1);
    }

    private AccountState settled(long charged) {
        return Ledgers.settled(rig.address, "manifest:cam", charged, OrchestratorRig.PATIENCE);
    }

    private void receiptsOfAtMost(int bytes) throws Exception {
        ConfigResource topic =
                new ConfigResource(ConfigResource.Type.TOPIC, rig.address.topic(Topics.RECEIPTS));
        AlterConfigOp set =
                new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                        AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(rig.address.clientProperties())) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
