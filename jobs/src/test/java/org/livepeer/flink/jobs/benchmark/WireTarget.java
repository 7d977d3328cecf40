package org.livepeer.flink.jobs.benchmark;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorTrust;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneOptions;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneTranscoder;
import org.livepeer.flink.jobs.WireStream;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.TranscodeResult;

/** An orchestrator under test, a gateway's stream through it, and who transcodes for it. */
final class WireTarget implements AutoCloseable {
    private static final List<String> CAPABILITIES =
            List.of("decode:h264", "encode:h264", "format:mpegts", "format:mp4");
    private static final Duration START = Duration.ofSeconds(60);

    private final String name;
    private final String manifest;
    private final PreparedEngine engine;
    private final AutoCloseable worker;
    private final OrchestratorClient client;
    private final WireStream stream;
    private long seq;

    /**
     * @param worker runs the engine; closed with this
     */
    WireTarget(
            String name,
            String manifest,
            InetSocketAddress orchestrator,
            List<Profile> ladder,
            PreparedEngine engine,
            AutoCloseable worker) {
        this.name = name;
        this.manifest = manifest;
        this.engine = engine;
        this.worker = worker;
        client = new OrchestratorClient(orchestrator);
        stream = new WireStream(client, manifest, ladder);
    }

    /** One whose transcoder is this process, registered with the orchestrator's secret. */
    static WireTarget registered(
            String name,
            InetSocketAddress orchestrator,
            OrchSecret secret,
            List<Profile> ladder,
            PreparedEngine engine,
            Path spool)
            throws IOException {
        StandaloneTranscoder transcoder =
                StandaloneTranscoder.start(
                        new StandaloneOptions(
                                orchestrator,
                                secret,
                                OrchestratorTrust.any(),
                                4,
                                CAPABILITIES,
                                engine,
                                spool,
                                Duration.ofSeconds(5),
                                new CompositeMeterRegistry()));
        return new WireTarget(name, name, orchestrator, ladder, engine, transcoder);
    }

    String name() {
        return name;
    }

    /** Sends until the first segment is answered, for a minute at most. */
    void awaitWork(PreparedMedia media) throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                push(media);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(name + " does not begin to work", e);
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
    }

    /**
     * Sends a segment, then downloads its renditions and compares them.
     *
     * @return key of its stamps
     * @throws IOException when it is not answered as it should be
     */
    String push(PreparedMedia media) throws IOException {
        long number = seq++;
        String key = Stamps.key(StreamName.of(ByteString.copyFromUtf8(manifest)), number);
        byte[] segment = stream.prepare(number, media.source(), PreparedMedia.SEGMENT_MS);
        engine.next(key, media.renditions());
        Stamps.stamp(key, Point.PUSHED);
        TranscodeResult result = stream.send(segment, media.source());
        Stamps.stamp(key, Point.SEEN);
        List<byte[]> came = stream.download(result);
        for (int i = 0; i < came.size(); i++) {
            if (!media.renditions()
                    .renditions()
                    .get(i)
                    .getPayload()
                    .equals(ByteBuffer.wrap(came.get(i)))) {
                throw new IOException("rendition " + i + " is not what the transcoder made");
            }
        }
        return key;
    }

    @Override
    public void close() throws Exception {
        client.close();
        worker.close();
    }
}
