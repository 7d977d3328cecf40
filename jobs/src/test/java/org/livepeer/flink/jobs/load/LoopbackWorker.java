package org.livepeer.flink.jobs.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;

/** A worker process that answers each profile with the source's bytes at once. */
public final class LoopbackWorker {
    private LoopbackWorker() {}

    /**
     * @param args broker, secret file, data folder, store folder, port, playing time that it takes
     *     every segment to have, ms, most sessions
     */
    public static void main(String[] args) throws Exception {
        SecretFile secret = new SecretFile(Path.of(args[1]));
        Path folder = Path.of(args[2]);
        WorkerBeatProducer beats =
                new WorkerBeatProducer(new KafkaAddress(args[0], ""), secret.secret());
        WorkerNode node =
                WorkerNode.start(
                        WorkerOptions.builder(
                                        new LoopbackTranscoder(
                                                Duration.ZERO,
                                                Duration.ofMillis(Long.parseLong(args[5]))),
                                        secret.secret(),
                                        folder)
                                .bindAddress("127.0.0.1")
                                .host("127.0.0.1")
                                .port(Integer.parseInt(args[4]))
                                .slots(4)
                                .maxSessions(Integer.parseInt(args[6]))
                                .capabilities(
                                        List.of("decode:h264", "encode:h264", "format:mpegts"))
                                .devices(List.of("loopback"))
                                .capacityPixelsPerSecond(1_000_000_000_000L)
                                .store(new SharedDirectoryStore(StoreOptions.of(Path.of(args[3]))))
                                .heartbeats(beats)
                                .build());
        System.out.println("worker " + node.workerId());
        new CountDownLatch(1).await();
    }
}
