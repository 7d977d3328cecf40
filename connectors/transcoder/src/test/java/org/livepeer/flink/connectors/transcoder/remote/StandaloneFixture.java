package org.livepeer.flink.connectors.transcoder.remote;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** A transcoder of an orchestrator that the test plays. */
abstract class StandaloneFixture {
    static final String SECRET = "verbigsecret";
    static final List<String> CAPABILITIES =
            List.of("encode:h264", "format:mpegts", "format:mp4", "perceptual-hash");

    /** One for all tests of a class: starting and stopping a server takes two seconds. */
    static OrchestratorDouble orchestrator;

    @TempDir Path directory;
    private StandaloneTranscoder transcoder;

    @BeforeAll
    static void open() {
        orchestrator = new OrchestratorDouble();
    }

    @AfterAll
    static void close() {
        orchestrator.close();
    }

    @AfterEach
    void stop() {
        if (transcoder != null) {
            transcoder.close();
        }
        orchestrator.forget();
    }

    StandaloneTranscoder start(Transcoder engine) throws IOException {
        return start(engine, OrchestratorTrust.any());
    }

    StandaloneTranscoder start(Transcoder engine, OrchestratorTrust trust) throws IOException {
        return start(engine, trust, orchestrator.port());
    }

    StandaloneTranscoder start(Transcoder engine, OrchestratorTrust trust, int port)
            throws IOException {
        transcoder =
                StandaloneTranscoder.start(
                        new StandaloneOptions(
                                InetSocketAddress.createUnresolved("127.0.0.1", port),
                                new OrchSecret(SECRET),
                                trust,
                                2,
                                CAPABILITIES,
                                engine,
                                directory.resolve("sources"),
                                Duration.ofSeconds(10),
                                new CompositeMeterRegistry()));
        return transcoder;
    }

    /** A segment whose source is at the orchestrator under that name. */
    NotifySegment.Builder segment(long task, String source, VideoProfile.Builder... profiles) {
        SegData.Builder data =
                SegData.newBuilder()
                        .setManifestId(ByteString.copyFromUtf8("cam"))
                        .setSeq(task)
                        .setDuration(2000)
                        .setAuthToken(AuthToken.newBuilder().setSessionId("session"));
        for (VideoProfile.Builder profile : profiles) {
            data.addFullProfiles3(profile);
        }
        return NotifySegment.newBuilder()
                .setTaskId(task)
                .setUrl(orchestrator.url(source))
                .setSegData(data);
    }

    static VideoProfile.Builder profile(int width, int height) {
        return VideoProfile.newBuilder()
                .setName("p" + height)
                .setWidth(width)
                .setHeight(height)
                .setBitrate(200_000);
    }

    static NotifySegment.Builder teardown(String session) {
        return NotifySegment.newBuilder()
                .setSegData(
                        SegData.newBuilder()
                                .setAuthToken(AuthToken.newBuilder().setSessionId(session)));
    }
}
