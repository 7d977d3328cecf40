package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.transcoder.child.EngineProbe;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;

/** A transcoder worker: finds out what its engine can do, then serves and says that it is there. */
public final class TranscoderRole implements AutoCloseable {
    private final WorkerNode node;
    private final WorkerBeatProducer beats;

    private TranscoderRole(WorkerNode node, WorkerBeatProducer beats) {
        this.node = node;
        this.beats = beats;
    }

    /** Tries the engine out, listens, and announces itself. */
    public static TranscoderRole start(
            NodeOptions options, SegmentStore store, MeterRegistry meters)
            throws IOException, InterruptedException {
        Path folder = options.dataDir().resolve("worker");
        TriedEngine tried = TriedEngine.start(options, folder);
        EngineProbe probe = tried.probe();
        ClusterSecret secret = options.secret().secret();
        WorkerBeatProducer beats = new WorkerBeatProducer(options.address(), secret);
        WorkerNode node =
                WorkerNode.start(
                        WorkerOptions.builder(tried.engine(), secret, folder)
                                .bindAddress(options.bind())
                                .host(options.bind())
                                .port(options.ports().worker())
                                .slots(options.slots())
                                .maxSessions(options.maxSessions())
                                .capabilities(probe.capabilities())
                                .devices(
                                        List.of(
                                                "cpu:"
                                                        + Runtime.getRuntime()
                                                                .availableProcessors()))
                                .capacityPixelsPerSecond(probe.pixelsPerSecond())
                                .store(store)
                                .heartbeats(beats)
                                .meters(meters)
                                .build());
        return new TranscoderRole(node, beats);
    }

    public String workerId() {
        return node.workerId();
    }

    public int port() {
        return node.port();
    }

    /** Finishes what runs, says good-bye. */
    @Override
    public void close() {
        node.close();
        beats.close();
    }
}
