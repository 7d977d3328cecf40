package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.transcoder.binary.FfmpegBinaryOptions;
import org.livepeer.flink.connectors.transcoder.binary.FfmpegBinaryTranscoder;
import org.livepeer.flink.connectors.transcoder.child.EngineProbe;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transcoder worker: finds out what its engine can do, then serves and says that it is there. */
public final class TranscoderRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TranscoderRole.class);

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
        LibavTranscoder libav =
                new LibavTranscoder(
                        LibavOptions.defaults(options.slots(), folder)
                                .withPreset(options.preset()));
        EngineProbe probe = libav.probe(folder.resolve("probe.properties"));
        Transcoder engine = options.ffmpeg().isEmpty() ? libav : binary(options, folder, libav);
        LOG.info(
                "engine tried out capabilities={} pixelsPerSecond={}",
                probe.capabilities(),
                probe.pixelsPerSecond());
        if (!probe.capabilities().contains("encode:h264")) {
            engine.close();
            throw new IOException(
                    "the transcoding engine cannot encode H.264 on this machine: see the log, glibc"
                            + " 2.35 or later is needed");
        }
        ClusterSecret secret = options.secret().secret();
        WorkerBeatProducer beats = new WorkerBeatProducer(options.address(), secret);
        WorkerNode node =
                WorkerNode.start(
                        WorkerOptions.builder(engine, secret, folder)
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

    /** An ffmpeg binary does the work; libav looks at what came in and what came out. */
    private static Transcoder binary(NodeOptions options, Path folder, LibavTranscoder libav) {
        Transcoder binary =
                new FfmpegBinaryTranscoder(
                        FfmpegBinaryOptions.software(
                                Path.of(options.ffmpeg()),
                                folder.resolve("binary"),
                                options.preset()),
                        libav);
        return new Transcoder() {
            @Override
            public Transcoded transcode(TranscodeJob job)
                    throws TranscodeException, InterruptedException {
                return binary.transcode(job);
            }

            @Override
            public void close() {
                binary.close();
                libav.close();
            }
        };
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
