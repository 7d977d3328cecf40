package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.header;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.post;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.segment;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.token;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.edge.objectstore.S3Server;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;

/** An edge with {@code -objectStore}, and a store that checks signatures. */
class StoredRenditionsIT {
    private static final WireLimits LIMITS =
            WireLimits.DEFAULT.withUploads(4, 4, Duration.ofSeconds(5));

    @TempDir static Path folder;
    private static LogWatch log;
    private static S3Server store;
    private static WireBench bench;
    private static OrchestratorServer edge;
    private static WebClient client;

    @BeforeAll
    static void begin() throws Exception {
        log = new LogWatch().listenTo("org.livepeer", "software.amazon.awssdk");
        store = new S3Server();
        bench = new WireBench(folder);
        edge = edge("one", store.url("live/"));
        client = WireBench.http(edge, "h2");
    }

    private static OrchestratorServer edge(String name, String url) throws Exception {
        bench.objectStore = ObjectStoreUrl.parse("-objectStore", url);
        return bench.edge("https", name, LIMITS);
    }

    @AfterAll
    static void end() throws Exception {
        edge.close();
        bench.close();
        store.close();
        log.close();
    }

    @BeforeEach
    void quiet() {
        bench.jobSpeaks();
        bench.job.answers(EchoJob::echo);
        store.isWell();
    }

    private static byte[] media(int seed) {
        byte[] media = new byte[40_000];
        new Random(seed).nextBytes(media);
        return media;
    }

    private static TranscodeResult push(WebClient to, AuthToken token, int seq, byte[] media)
            throws Exception {
        return result(
                post(
                        to,
                        "/segment",
                        "",
                        header(segment(token, seq, media, "240p", "360p").build()),
                        media));
    }

    private static TranscodeResult result(AggregatedHttpResponse response) throws Exception {
        assertThat(response.status().code()).isEqualTo(200);
        return TranscodeResult.parseFrom(response.content().array());
    }

    @Test
    void renditionsLieInTheStoreAndTheAnswerNamesThem() throws Exception {
        // Given
        AuthToken token = token(edge);
        byte[] media = media(1);

        // When
        TranscodeResult result = push(client, token, 7, media);

        // Then
        assertThat(result.getError()).isEmpty();
        String base = store.base() + "live/" + token.getSessionId();
        assertThat(result.getData().getSegmentsList())
                .extracting(TranscodedSegmentData::getUrl)
                .containsExactly(base + "/240p/7.ts", base + "/360p/7.ts");
        assertThat(result.getData().getSegments(0).getPixels()).isEqualTo(60L * 320 * 180);
        assertThat(result.getData().getSegments(0).getPerceptualHashUrl()).isEmpty();
        for (TranscodedSegmentData rendition : result.getData().getSegmentsList()) {
            AggregatedHttpResponse fetched = fetch(rendition.getUrl());
            assertThat(fetched.content().array()).isEqualTo(media);
            assertThat(fetched.headers().get("content-type")).isEqualTo("video/mp2t");
        }
    }

    private static AggregatedHttpResponse fetch(String url) {
        AggregatedHttpResponse response = WebClient.of().get(url).aggregate().join();
        assertThat(response.status().code()).isEqualTo(200);
        return response;
    }

    @Test
    void largeOnesMp4AndVideoSignaturesToo() throws Exception {
        // Given
        byte[] large = new byte[6 << 20];
        new Random(2).nextBytes(large);
        bench.job.answers(
                s -> {
                    List<Rendition> renditions = new ArrayList<>();
                    for (Profile profile : s.getProfiles()) {
                        renditions.add(
                                Rendition.newBuilder(
                                                EchoJob.rendition(
                                                        profile, ByteBuffer.allocate(0), 1))
                                        .setFormat(OutputFormat.MP4)
                                        .setReference(stored(large))
                                        .setPerceptualHash(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                                        .build());
                    }
                    return EchoJob.answer(s, "ok", renditions);
                });
        AuthToken token = token(edge);

        // When
        TranscodeResult result = push(client, token, 1, media(3));

        // Then
        TranscodedSegmentData second = result.getData().getSegments(1);
        assertThat(second.getUrl())
                .isEqualTo(store.base() + "live/" + token.getSessionId() + "/360p/1.mp4");
        assertThat(second.getPerceptualHashUrl()).isEqualTo(second.getUrl() + ".phash");
        assertThat(fetch(second.getUrl()).content().array()).isEqualTo(large);
        assertThat(fetch(second.getUrl()).headers().get("content-type")).isEqualTo("video/mp4");
        assertThat(fetch(second.getPerceptualHashUrl()).content().array()).containsExactly(1, 2, 3);
    }

    private static StoreReference stored(byte[] media) {
        try {
            return bench.store.put(ByteBuffer.wrap(media));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theSameSegmentAgainIsNotWrittenAgain() throws Exception {
        AuthToken token = token(edge);
        TranscodeResult first = push(client, token, 5, media(4));
        int writes = store.writes.size();

        TranscodeResult again = push(client, token, 5, media(4));

        assertThat(again.getData()).isEqualTo(first.getData());
        assertThat(store.writes).hasSize(writes);
        assertThat(push(client, token, 5, media(5)).getError()).isEmpty();
        assertThat(store.writes).hasSize(writes + 2);
    }

    @Test
    void aStoreThatFailsFailsTheSegmentAndNothingElse() throws Exception {
        AuthToken token = token(edge);
        store.troubles("InternalError", exchange -> 500);

        TranscodeResult failed = push(client, token, 1, media(6));

        assertThat(failed.getError()).isEqualTo("ObjectStoreUnavailable");
        assertThat(failed.hasData()).isFalse();
        assertThat(failed.getInfo().getTranscoder()).isEqualTo(edge.serviceUri());
        store.isWell();
        assertThat(push(client, token, 1, media(6)).getError()).isEmpty();
        assertThat(push(client, token, 2, media(7)).getError()).isEmpty();
    }

    @Test
    void aStoreThatIsSilentHoldsNoPlaceLongerThanTheGatewayWaits() throws Exception {
        // Given all places of the address taken by segments that the store does not answer
        CountDownLatch end = new CountDownLatch(1);
        store.troubles("", exchange -> await(end));
        AuthToken token = token(edge);
        long begun = System.nanoTime();
        List<CompletableFuture<AggregatedHttpResponse>> running = new ArrayList<>();
        for (int seq = 0; seq < 4; seq++) {
            byte[] media = media(10 + seq);
            running.add(
                    client.execute(
                                    RequestHeaders.builder(HttpMethod.POST, "/segment")
                                            .set(
                                                    "livepeer-segment",
                                                    header(segment(token, seq, media, "a").build()))
                                            .build(),
                                    HttpData.wrap(media))
                            .aggregate());
        }

        // Then each ends within the eight seconds that a gateway waits
        for (var response : running) {
            assertThat(result(response.get(30, TimeUnit.SECONDS)).getError())
                    .isEqualTo("ObjectStoreUnavailable");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));

        // And the places are free
        end.countDown();
        store.isWell();
        assertThat(push(client, token, 9, media(20)).getError()).isEmpty();
    }

    private static int await(CountDownLatch end) {
        try {
            end.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return -1;
    }

    @Test
    void wrongCredentialsFailSegmentsAndStandInNoLog() throws Exception {
        try (OrchestratorServer wrong = edge("wrong", store.url("live/", "NotThisSecret"))) {
            TranscodeResult failed = push(WireBench.http(wrong, "h2"), token(wrong), 1, media(30));

            assertThat(failed.getError()).isEqualTo("ObjectStoreUnavailable");
            assertThat(failed.toString())
                    .doesNotContain(S3Server.ACCESS_KEY, S3Server.SECRET_KEY, "NotThisSecret");
        }
        assertThat(log.lines)
                .anyMatch(line -> line.contains("it answered 403 SignatureDoesNotMatch"))
                .anyMatch(line -> line.startsWith("software.amazon.awssdk"))
                .noneMatch(line -> line.contains(S3Server.SECRET_KEY))
                .noneMatch(line -> line.contains("NotThisSecret"))
                .noneMatch(
                        line ->
                                line.startsWith("org.livepeer")
                                        && line.contains(S3Server.ACCESS_KEY));
    }

    @Test
    void gatewaysAreOfferedNoStorageAndNoneOfTheirsIsTaken() throws Exception {
        OrchestratorInfo info =
                WireBench.grpc(edge, "https")
                        .getOrchestrator(OrchestratorRequest.getDefaultInstance());
        byte[] uri = "http://127.0.0.1:1/source.ts".getBytes(UTF_8);
        AggregatedHttpResponse byUri =
                client.execute(
                                RequestHeaders.builder(HttpMethod.POST, "/segment")
                                        .set("content-type", "application/vnd+livepeer.uri")
                                        .set(
                                                "livepeer-segment",
                                                header(segment(token(edge), 0, uri, "a").build()))
                                        .build(),
                                HttpData.wrap(uri))
                        .aggregate()
                        .join();

        assertThat(info.getStorageCount()).isZero();
        assertThat(info.getCapabilities().getBitstring(0) >> 4 & 7).isEqualTo(1);
        assertThat(byUri.status().code()).isEqualTo(400);
        assertThat(byUri.contentUtf8()).isEqualTo("BadRequest\n");
    }

    @Test
    void theEdgesStillServeWhatTheyMade() throws Exception {
        AuthToken token = token(edge);
        byte[] media = media(40);
        push(client, token, 3, media);

        AggregatedHttpResponse own =
                client.get("/stream/" + token.getSessionId() + "/240p/3.ts").aggregate().join();

        assertThat(own.content().array()).isEqualTo(media);
    }
}
