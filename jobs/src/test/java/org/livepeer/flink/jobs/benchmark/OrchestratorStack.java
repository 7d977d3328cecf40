package org.livepeer.flink.jobs.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.WorkerAddress;

/** The orchestrator with one worker whose engine hands the source back; one rendition, 1 MB. */
final class OrchestratorStack implements AutoCloseable {
    private static final Map<String, String> KEY_OF_REQUEST = new ConcurrentHashMap<>();

    private final SegmentProducer producer;
    private final WorkerBeatProducer beats;
    private final WorkerNode worker;
    private final SharedDirectoryStore store;

    OrchestratorStack(
            KafkaAddress address, ClusterSecret secret, SharedDirectoryStore store, Path folder)
            throws IOException {
        this.store = store;
        producer = new SegmentProducer(address);
        beats = new WorkerBeatProducer(address, secret);
        worker =
                WorkerNode.start(
                        WorkerOptions.builder(new StampingEngine(), secret, folder)
                                .slots(4)
                                .queue(64)
                                .maxSessions(1_000)
                                .capabilities(List.of("encode:h264"))
                                .capacityPixelsPerSecond(1L << 40)
                                .store(store)
                                .heartbeats(beats)
                                .build());
    }

    /** Media in the records. */
    Stack inline() {
        return new Pushing("inline") {
            @Override
            public void push(String manifest, long seq, byte[] media) {
                push(manifest, seq, media, Map.of());
            }
        };
    }

    /** Media in the shared directory, references in the records; writing and reading included. */
    Stack byReference() {
        return new Pushing("reference") {
            @Override
            public void push(String manifest, long seq, byte[] media) throws IOException {
                StoreReference stored = store.put(ByteBuffer.wrap(media));
                byte[] hash = new byte[stored.getHash().remaining()];
                stored.getHash().duplicate().get(hash);
                push(
                        manifest,
                        seq,
                        new byte[0],
                        Map.of(
                                "livepeer-reference", stored.getName(),
                                "livepeer-reference-length", Long.toString(stored.getLength()),
                                "livepeer-reference-sha256", HexFormat.of().formatHex(hash)));
            }
        };
    }

    private abstract class Pushing implements Stack {
        private final String name;

        Pushing(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        final void push(String manifest, long seq, byte[] media, Map<String, String> headers) {
            producer.pushRaw(manifest, seq, 2_000, "P240p30fps16x9", media, headers);
        }
    }

    @Override
    public void close() {
        producer.close();
        worker.close();
        beats.close();
    }

    private static void stamp(String requestId, Point point) {
        String key = KEY_OF_REQUEST.get(requestId);
        if (key != null) {
            Stamps.stamp(key, point);
        }
    }

    /** Stamps what the engine is given and makes. */
    private static final class StampingEngine implements Transcoder {
        private final Transcoder loopback = new LoopbackTranscoder();

        @Override
        public Transcoded transcode(TranscodeJob job)
                throws TranscodeException, InterruptedException {
            stamp(job.requestId(), Point.ENGINE);
            Transcoded made = loopback.transcode(job);
            stamp(job.requestId(), Point.MADE);
            return made;
        }

        @Override
        public void close() {
            loopback.close();
        }
    }

    /** Stamps calls to workers. */
    record StampingClients(WorkerClient.Factory clients) implements WorkerClient.Factory {
        @Override
        public WorkerClient create() {
            WorkerClient client = clients.create();
            return new WorkerClient() {
                @Override
                public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                    Request request = order.placed().getRequest();
                    String key = Stamps.key(request.getManifestId(), request.getSeq());
                    KEY_OF_REQUEST.put(request.getRequestId(), key);
                    Stamps.stamp(key, Point.CALLED);
                    return client.execute(worker, order)
                            .whenComplete((answer, cause) -> Stamps.stamp(key, Point.ANSWERED));
                }

                @Override
                public void close() {
                    client.close();
                }
            };
        }
    }
}
