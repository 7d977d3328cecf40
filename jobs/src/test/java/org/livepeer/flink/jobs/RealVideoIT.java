package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerEntry;

/** Real video, a real broker, a real worker process, while parts of it die. */
class RealVideoIT {
    private static final long PRICE = 7;

    @TempDir Path folder;
    private OrchestratorRig rig;
    private WorkerProcess worker;

    @BeforeEach
    void start() throws Exception {
        rig = new OrchestratorRig(folder);
        worker =
                new WorkerProcess(
                        rig.address, folder.resolve("worker"), folder.resolve("cluster.secret"));
        rig.submit(
                rig.options("--pricePerUnit", Long.toString(PRICE)),
                new WorkerClients(rig.address, rig.secretFile),
                1,
                null);
        rig.grant("manifest:cam", 1_000_000_000_000_000L);
        until(Topics.LEDGER, all -> !all.isEmpty());
        until(Topics.WORKERS, all -> !all.isEmpty());
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
        rig.close();
    }

    private List<ConsumerRecord<byte[], byte[]>> until(
            Topics topic,
            java.util.function.Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        try (TopicTail tail = rig.tail(topic)) {
            return tail.until(enough, OrchestratorRig.PATIENCE);
        }
    }

    private static List<byte[]> segments(SyntheticOptions options, int count) {
        try (SyntheticSource source = new SyntheticSource(options)) {
            byte[][] segments = new byte[count][];
            for (int i = 0; i < count; i++) {
                segments[i] = source.next().bytes();
            }
            return List.of(segments);
        }
    }

    /** Status by segment number; an ok beats an earlier failure. */
    private static Map<Long, String> statuses(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<Long, String> statuses = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            statuses.merge(
                    Long.parseLong(TopicTail.header(record, "livepeer-seq")),
                    TopicTail.header(record, "livepeer-status"),
                    (a, b) -> a.equals("ok") ? a : b);
        }
        return statuses;
    }

    private void push(long seq, byte[] media, Map<String, String> more) throws Exception {
        rig.pushes
                .pushRaw("cam", seq, 1_000, "P144p30fps16x9", media, more)
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void theStreamGoesOnWhileAWorkerItsChildAndATaskManagerDie() throws Exception {
        List<byte[]> source = segments(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000), 16);
        for (int seq = 0; seq < 16; seq++) {
            push(seq, source.get(seq), Map.of());
            if (seq == 3) {
                worker.killChildren();
            }
            if (seq == 6) {
                worker.kill();
                worker.start();
            }
            if (seq == 10) {
                rig.loseTaskManager(0);
            }
            TimeUnit.MILLISECONDS.sleep(1_000);
        }

        List<ConsumerRecord<byte[], byte[]>> answers =
                until(Topics.RENDITIONS, all -> statuses(all).size() == 16);

        assertThat(statuses(answers).values()).containsOnly("ok");
        long pixels = 256L * 144 * 30;
        assertThat(answers)
                .allMatch(
                        r -> Long.toString(pixels).equals(TopicTail.header(r, "livepeer-pixels")));
        AccountState account = account(16);
        assertThat(account.getChargedSegments()).isEqualTo(16);
        assertThat(Fraction.of(account.getFees())).isEqualTo(Fraction.of(16 * pixels * PRICE));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }

    private AccountState account(long charged) {
        AccountState[] last = new AccountState[1];
        until(
                Topics.LEDGER,
                all -> {
                    for (ConsumerRecord<byte[], byte[]> record : all) {
                        last[0] = TopicTail.decode(LedgerEntry.class, record).getState();
                    }
                    return last[0] != null
                            && last[0].getChargedSegments() >= charged
                            && last[0].getOutstanding() == 0;
                });
        return last[0];
    }
}
