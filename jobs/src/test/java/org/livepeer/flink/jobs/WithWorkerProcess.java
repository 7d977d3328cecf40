package org.livepeer.flink.jobs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;
import org.livepeer.flink.schemas.AccountState;

/** The job at {@link #PRICE}, a real worker process, and credit for the stream {@code cam}. */
abstract class WithWorkerProcess {
    static final long PRICE = 7;
    static final long GRANTED = 1_000_000_000_000_000L;

    @TempDir Path folder;
    OrchestratorRig rig;
    WorkerProcess worker;
    JobClient job;

    @BeforeEach
    void start() throws Exception {
        rig = new OrchestratorRig(folder);
        worker =
                new WorkerProcess(
                        rig.address, folder.resolve("worker"), folder.resolve("cluster.secret"));
        job =
                rig.submit(
                        rig.options("--pricePerUnit", Long.toString(PRICE)),
                        new WorkerClients(rig.address, rig.secretFile),
                        1,
                        null);
        rig.grant("manifest:cam", GRANTED);
        until(Topics.LEDGER, all -> !all.isEmpty());
        until(Topics.WORKERS, all -> !all.isEmpty());
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
        rig.close();
    }

    final List<ConsumerRecord<byte[], byte[]>> until(
            Topics topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        try (TopicTail tail = rig.tail(topic)) {
            return tail.until(enough, OrchestratorRig.PATIENCE);
        }
    }

    final AccountState account(long charged) {
        return Ledgers.settled(rig.address, "manifest:cam", charged, OrchestratorRig.PATIENCE);
    }

    /** Status by segment number; an ok beats an earlier failure. */
    static Map<Long, String> statuses(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<Long, String> statuses = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            statuses.merge(
                    Long.parseLong(TopicTail.header(record, "livepeer-seq")),
                    TopicTail.header(record, "livepeer-status"),
                    (a, b) -> a.equals("ok") ? a : b);
        }
        return statuses;
    }
}
