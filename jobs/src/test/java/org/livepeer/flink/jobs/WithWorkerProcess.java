package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;
import org.livepeer.flink.schemas.AccountState;

/**
 * The job at {@link #PRICE} and a real worker process, the same for all tests of a class; each test
 * has a stream of its own with credit.
 */
abstract class WithWorkerProcess {
    static final long PRICE = 7;
    static final long GRANTED = 1_000_000_000_000_000L;
    private static final AtomicInteger STREAMS = new AtomicInteger();

    @TempDir static Path folder;
    static OrchestratorRig rig;
    static WorkerProcess worker;
    static JobClient job;

    final String stream = "cam-" + STREAMS.incrementAndGet();

    @BeforeAll
    static void start() throws Exception {
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
        until(Topics.WORKERS, all -> !all.isEmpty());
    }

    @AfterAll
    static void stop() throws Exception {
        worker.close();
        rig.close();
    }

    @BeforeEach
    void credit() {
        rig.grant("manifest:" + stream, GRANTED);
        account(0);
    }

    static List<ConsumerRecord<byte[], byte[]>> until(
            Topics topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        try (TopicTail tail = rig.tail(topic)) {
            return tail.until(enough, OrchestratorRig.PATIENCE);
        }
    }

    final AccountState account(long charged) {
        return Ledgers.settled(
                rig.address, "manifest:" + stream, charged, OrchestratorRig.PATIENCE);
    }

    /** The stream's answers when there is one to each of so many segments. */
    final List<ConsumerRecord<byte[], byte[]>> answers(int segments) {
        return ofStream(
                until(Topics.RENDITIONS, all -> statuses(ofStream(all)).size() == segments));
    }

    private List<ConsumerRecord<byte[], byte[]>> ofStream(
            List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().filter(r -> stream.equals(new String(r.key(), UTF_8))).toList();
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
