package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.header;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.post;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.segment;
import static org.livepeer.flink.connectors.edge.orchestrator.WireBench.token;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.StatusRuntimeException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.EndTranscodingSessionRequest;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PaymentResult;
import org.livepeer.flink.schemas.net.PingPong;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.VideoProfile;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Two edges of one deployment on a real broker, and a job that echoes. */
class OrchestratorServerIT {
    private static final WireLimits LIMITS =
            WireLimits.DEFAULT
                    .withUploads(8, 4, Duration.ofMillis(1_500))
                    .withSizes(6 << 20, 1 << 20);

    @TempDir static Path folder;
    private static WireBench bench;
    private static OrchestratorServer one;
    private static OrchestratorServer two;
    private static WebClient client;

    @BeforeAll
    static void begin() throws Exception {
        bench = new WireBench(folder);
        one = bench.edge("https", "one", LIMITS);
        two = bench.edge("https", "two", LIMITS);
        client = WireBench.http(one, "h2");
    }

    @AfterAll
    static void end() throws Exception {
        one.close();
        two.close();
        bench.close();
    }

    @BeforeEach
    void quiet() {
        bench.jobSpeaks();
        bench.job.answers(EchoJob::echo);
    }

    private static byte[] media(int bytes) {
        byte[] media = new byte[bytes];
        new Random(bytes).nextBytes(media);
        return media;
    }

    private static TranscodeResult result(AggregatedHttpResponse response) throws Exception {
        assertThat(response.status().code()).isEqualTo(200);
        return TranscodeResult.parseFrom(response.content().array());
    }

    @Test
    void aGatewayStreamsThroughOneEdgeAndDownloadsFromTheOther() throws Exception {
        // Given
        AuthToken token = token(one);
        byte[] media = media(40_000);

        // When
        TranscodeResult result =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(segment(token, 7, media, "240p", "360p").build()),
                                media));

        // Then
        assertThat(result.getSeq()).isEqualTo(7);
        assertThat(result.getError()).isEmpty();
        assertThat(result.getInfo().getAuthToken()).isEqualTo(token);
        assertThat(result.getInfo().getTranscoder()).isEqualTo(one.serviceUri());
        assertThat(result.getInfo().getCapabilities().getBitstringCount()).isEqualTo(1);
        assertThat(result.getInfo().getNodesList()).containsExactly("https://other:8935");
        String base = one.serviceUri() + "/stream/" + token.getSessionId();
        assertThat(result.getData().getSegmentsList())
                .extracting("url")
                .containsExactly(base + "/240p/7.ts", base + "/360p/7.ts");
        assertThat(result.getData().getSegments(0).getPixels()).isEqualTo(60L * 320 * 180);
        for (OrchestratorServer edge : List.of(one, two)) {
            String path = URI.create(base).getPath() + "/360p/7.ts";
            AggregatedHttpResponse download =
                    WireBench.http(edge, "h1").get(path).aggregate().join();
            assertThat(download.content().array()).isEqualTo(media);
            assertThat(download.headers().get("content-type")).isEqualTo("video/mp2t");
            assertThat(download.headers().get("content-length")).isEqualTo("40000");
        }
        Segment pushed = bench.job.seen().get(bench.job.seen().size() - 1);
        assertThat(pushed.getManifestId()).isEqualTo("wire.cam");
        assertThat(pushed.getSender()).isNull();
        assertThat(pushed.getDeadlineMs()).isBetween(6_000L, 7_700L);
    }

    /** An edge that is asked before it has read the answer waits for it. */
    @Test
    void aRenditionIsServedByAnEdgeThatIsBehindTheOneThatToldOfIt() throws Exception {
        AuthToken token = token(one);
        byte[] media = media(40_000);
        String path = "/stream/" + token.getSessionId() + "/240p/8.ts";
        CompletableFuture<AggregatedHttpResponse> early =
                WireBench.http(two, "h1").get(path).aggregate();
        CompletableFuture<AggregatedHttpResponse> never =
                WireBench.http(two, "h2").get(path + ".phash").aggregate();

        post(client, "/segment", "", header(segment(token, 8, media, "240p").build()), media);

        assertThat(early.get(20, TimeUnit.SECONDS).content().array()).isEqualTo(media);
        assertThat(never.get(20, TimeUnit.SECONDS).status().code()).isEqualTo(404);
    }

    @Test
    void largeMediaGoesThroughTheStore() throws Exception {
        // Given
        byte[] media = media(3 << 20);
        bench.job.answers(
                s -> {
                    assertThat(s.getReference().getLength()).isEqualTo(media.length);
                    return EchoJob.answer(
                            s,
                            "ok",
                            List.of(
                                    EchoJob.rendition(
                                            s.getProfiles().get(0),
                                            java.nio.ByteBuffer.wrap(new byte[] {1, 2}),
                                            1)));
                });

        // When
        TranscodeResult result =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(segment(token(two), 0, media, "a").build()),
                                media));

        // Then
        assertThat(result.getError()).isEmpty();
        assertThat(result.getData().getSegmentsCount()).isEqualTo(1);
    }

    @Test
    void theStatusComesWhenTheUploadIsWholeAndTheAnswerWhenItIsMade() throws Exception {
        // Given a job that waits
        CountDownLatch seen = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.job.answers(
                s -> {
                    await(seen);
                    await(go);
                    return EchoJob.echo(s);
                });
        byte[] media = media(10_000);
        HttpResponse response =
                client.execute(
                        RequestHeaders.builder(HttpMethod.POST, "/segment")
                                .set(
                                        "livepeer-segment",
                                        header(segment(token(one), 1, media, "a").build()))
                                .build(),
                        HttpData.wrap(media));
        List<HttpObject> objects = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        response.subscribe(
                new Subscriber<>() {
                    @Override
                    public void onSubscribe(Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                    }

                    @Override
                    public void onNext(HttpObject object) {
                        objects.add(object);
                        if (object instanceof ResponseHeaders) {
                            seen.countDown();
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        ended.countDown();
                    }

                    @Override
                    public void onComplete() {
                        ended.countDown();
                    }
                });

        // Then the headers come while the job has not answered
        assertThat(seen.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(objects).hasSize(1);
        ResponseHeaders headers = (ResponseHeaders) objects.get(0);
        assertThat(headers.status().code()).isEqualTo(200);
        assertThat(headers.contains("content-type")).isFalse();
        assertThat(headers.contains("content-length")).isFalse();

        // And the rest after it
        go.countDown();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(objects.size()).isGreaterThan(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TranscoderInvalidVideo,TranscoderInvalidVideo",
        "NoKeyFrame,No keyframes in input",
        "TooManyProfiles,Too many outputs",
        "InvalidProfile,Invalid argument",
        "OrchestratorCapped,OrchestratorCapped",
        "OrchestratorBusy,OrchestratorBusy",
        "NoCapableWorker,no transcoders can provide requested capabilities",
        "WorkerUnavailable,no transcoders available",
        "DeadlineExceeded,Remote transcoder took too long",
        "InsufficientBalance,Insufficient balance",
        "StorageFull,StorageFull",
        "whatever the job may say,InternalError"
    })
    void failuresAreSaidInGoLivepeersWords(String status, String text) throws Exception {
        bench.job.answers(s -> EchoJob.answer(s, status, List.of()));
        byte[] media = media(100);

        TranscodeResult result =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(segment(token(one), 0, media, "a").build()),
                                media));

        assertThat(result.getError()).isEqualTo(text);
        assertThat(result.getInfo().getTranscoder()).isEqualTo(one.serviceUri());
    }

    @Test
    void anAnswerWithTooFewRenditionsReachesNoGateway() throws Exception {
        bench.job.answers(s -> EchoJob.answer(s, "ok", List.of()));
        byte[] media = media(100);

        TranscodeResult result =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(segment(token(one), 0, media, "a").build()),
                                media));

        assertThat(result.getError()).isEqualTo("MismatchedSegments");
    }

    @Test
    void aLadderThatNoWorkerCanDoEndsBeforeTheJob() throws Exception {
        byte[] media = media(100);
        SegData.Builder intra = segment(token(one), 0, media);
        intra.addFullProfiles3(VideoProfile.newBuilder().setWidth(10).setHeight(10).setGop(-2));
        SegData.Builder huge = segment(token(one), 0, media);
        huge.addFullProfiles(VideoProfile.newBuilder().setWidth(5_000).setHeight(10));
        int before = bench.job.seen().size();

        assertThat(result(post(client, "/segment", "", header(intra.build()), media)).getError())
                .isEqualTo("TranscoderInvalidGOP");
        assertThat(result(post(client, "/segment", "", header(huge.build()), media)).getError())
                .isEqualTo("TranscoderInvalidResolution");
        TranscodeResult none =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(segment(token(one), 0, media).build()),
                                media));
        assertThat(none.hasData()).isTrue();
        assertThat(none.getData().getSegmentsCount()).isZero();
        assertThat(
                        result(
                                        post(
                                                client,
                                                "/segment",
                                                "",
                                                header(
                                                        segment(token(one), 0, new byte[0], "a")
                                                                .build()),
                                                new byte[0]))
                                .getError())
                .isEqualTo("TranscoderInvalidVideo");
        assertThat(bench.job.seen()).hasSize(before);
    }

    @Test
    void namesThatAreNoPathElementsAreReplaced() throws Exception {
        byte[] media = media(100);

        TranscodeResult result =
                result(
                        post(
                                client,
                                "/segment",
                                "",
                                header(
                                        segment(token(one), 0, media, "../../etc", "a", "a", "b c")
                                                .build()),
                                media));

        assertThat(result.getData().getSegmentsList())
                .extracting(s -> s.getUrl().replaceFirst(".*/stream/[0-9a-f]{16}/", ""))
                .containsExactly("~0/0.ts", "a/0.ts", "~2/0.ts", "~3/0.ts");
    }

    @Test
    void bodiesOfAnotherHashOrTooLargeAreRefused() {
        byte[] media = media(100);
        String header = header(segment(token(one), 0, media, "a").build());

        AggregatedHttpResponse other = post(client, "/segment", "", header, media(101));
        AggregatedHttpResponse large = post(client, "/segment", "", header, media((6 << 20) + 1));

        assertThat(other.status().code()).isEqualTo(403);
        assertThat(other.contentUtf8()).isEqualTo("Forbidden\n");
        assertThat(other.headers().get("x-content-type-options")).isEqualTo("nosniff");
        assertThat(other.headers().get("content-type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(large.status().code()).isEqualTo(500);
        assertThat(large.contentUtf8()).isEqualTo("Internal Server Error\n");
    }

    @Test
    void bodiesThatStallAreGivenUpAndTheirPlacesAreFree() throws Exception {
        byte[] media = media(100);
        String header = header(segment(token(one), 0, media, "a").build());
        List<CompletableFuture<AggregatedHttpResponse>> stalled = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HttpRequestWriter request =
                    HttpRequest.streaming(
                            RequestHeaders.builder(HttpMethod.POST, "/segment")
                                    .set("livepeer-segment", header)
                                    .build());
            request.write(HttpData.wrap(media(10)));
            stalled.add(client.execute(request).aggregate());
        }
        for (CompletableFuture<AggregatedHttpResponse> response : stalled) {
            assertThat(response.get(30, TimeUnit.SECONDS).status().code()).isEqualTo(408);
        }

        TranscodeResult result = result(post(client, "/segment", "", header, media));

        assertThat(result.getError()).isEmpty();
    }

    @Test
    void oneAddressDoesNotTakeAllPlaces() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        bench.job.answers(
                s -> {
                    await(go);
                    return EchoJob.echo(s);
                });
        byte[] media = media(100);
        String header = header(segment(token(one), 0, media, "a").setDuration(60_000).build());
        List<CompletableFuture<AggregatedHttpResponse>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            running.add(
                    client.execute(
                                    RequestHeaders.builder(HttpMethod.POST, "/segment")
                                            .set("livepeer-segment", header)
                                            .build(),
                                    HttpData.wrap(media))
                            .aggregate());
        }

        // Media of another hash is refused for it while there is a place
        AggregatedHttpResponse fifth = post(client, "/segment", "", header, media(101));
        for (int i = 0; i < 200 && fifth.status().code() == 403; i++) {
            Thread.sleep(50);
            fifth = post(client, "/segment", "", header, media(101));
        }

        assertThat(fifth.status().code()).isEqualTo(503);
        assertThat(fifth.contentUtf8()).isEqualTo("OrchestratorBusy\n");
        go.countDown();
        for (var response : running) {
            assertThat(response.get(10, TimeUnit.SECONDS).status().code()).isEqualTo(200);
        }
    }

    @Test
    void capacityTurnsNewStreamsAwayButNotLivingOnes() throws Exception {
        byte[] media = media(100);
        bench.worker(1, "encode:h264", "format:mp4", "decode:h264-yuv420p10le");
        try {
            bench.session("other", true);
            // Full of other streams: nobody of the wire may renew anything
            assertThatThrownBy(() -> token(one))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e ->
                                    assertThat(
                                                    e.getStatus().getCode()
                                                            + " "
                                                            + e.getStatus().getDescription())
                                            .isEqualTo(
                                                    "UNKNOWN Invalid orchestrator request:"
                                                            + " OrchestratorCapped"));
            bench.session("other", false);
            bench.session("wire.cam", true);
            // Full of one of the wire: it may be its renewal
            AuthToken token = token(one);
            assertThat(
                            result(
                                            post(
                                                    client,
                                                    "/segment",
                                                    "",
                                                    header(segment(token, 1, media, "a").build()),
                                                    media))
                                    .getError())
                    .isEmpty();
            AggregatedHttpResponse refused =
                    post(
                            client,
                            "/segment",
                            "",
                            header(
                                    segment(token, 1, media, "a")
                                            .setManifestId(ByteString.copyFromUtf8("new"))
                                            .build()),
                            media);
            assertThat(refused.status().code()).isEqualTo(403);
            assertThat(refused.contentUtf8()).isEqualTo("OrchestratorCapped\n");
            Capabilities offered =
                    WireBench.grpc(one, "https")
                            .getOrchestrator(OrchestratorRequest.getDefaultInstance())
                            .getCapabilities();
            long bits = offered.getBitstring(0);
            assertThat(bits >> 25 & 1).isEqualTo(1);
            assertThat(bits >> 14 & 1).isZero();
            assertThat(offered.getCapacitiesOrThrow(0)).isEqualTo(2);
        } finally {
            bench.session("wire.cam", false);
            bench.worker(100, "encode:h264");
        }
    }

    @Test
    void tokensOfOneEdgeCountAtTheOtherAndOthersDoNot() throws Exception {
        AuthToken token = token(one);
        assertThat(token.getSessionId()).matches("[0-9a-f]{16}");
        assertThat(token.getExpiration() * 1_000)
                .isBetween(
                        System.currentTimeMillis() + 1_790_000,
                        System.currentTimeMillis() + 1_801_000);

        assertThat(end(two, token)).isEqualTo("OK");
        assertThat(end(two, token)).isEqualTo("OK");
        assertThat(end(two, token.toBuilder().setSessionId("0000000000000000").build()))
                .isEqualTo("UNKNOWN Invalid auth token");
        assertThat(end(two, token.toBuilder().setExpiration(Long.MAX_VALUE).build()))
                .isEqualTo("UNKNOWN Invalid auth token");
        byte[] cheaper = token.getToken().toByteArray();
        cheaper[cheaper.length - 1] = '9';
        assertThat(end(two, token.toBuilder().setToken(ByteString.copyFrom(cheaper)).build()))
                .isEqualTo("UNKNOWN Invalid auth token");
        assertThat(end(two, null)).isEqualTo("UNKNOWN Invalid auth token");
    }

    private static String end(OrchestratorServer edge, AuthToken token) {
        EndTranscodingSessionRequest.Builder request = EndTranscodingSessionRequest.newBuilder();
        if (token != null) {
            request.setAuthToken(token);
        }
        try {
            WireBench.grpc(edge, "https").endTranscodingSession(request.build());
            return "OK";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + " " + e.getStatus().getDescription();
        }
    }

    @Test
    void pingSaysNothingAndDiscoveryAllThatIsThereOffChain() {
        assertThat(
                        WireBench.grpc(one, "https")
                                .ping(
                                        PingPong.newBuilder()
                                                .setValue(ByteString.copyFromUtf8("x"))
                                                .build())
                                .getValue()
                                .isEmpty())
                .isTrue();
        OrchestratorInfo info =
                WireBench.grpc(one, "https")
                        .getOrchestrator(OrchestratorRequest.getDefaultInstance());
        assertThat(info.getAddress().size()).isEqualTo(20);
        assertThat(info.hasPriceInfo()).isFalse();
        assertThat(info.hasTicketParams()).isFalse();
        assertThat(info.getStorageCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    !     |       | 402 | base64 decode error: illegal base64 data at input byte 0
                    AAA   |       | 402 | base64 decode error: illegal base64 data at input byte 0
                    AAAA====|     | 402 | base64 decode error: illegal base64 data at input byte 4
                    /////w== |    | 402 | protobuf unmarshal error: proto: cannot parse invalid wire-format data
                          | !     | 403 | ErrorSegEncoding
                          | ////  | 403 | proto: cannot parse invalid wire-format data
                          |       | 403 | missing auth token
                          | MP//////////AQ== | 403 | invalid duration
                          | igIDqAEJ | 403 | unrecognized profile output format
                          | igIDuAEJ | 403 | unrecognized encoder profile
                          | igIDyAEJ | 403 | unrecognized video codec
                          | OgwKCv///////////wE= | 403 | incompatible capabilities
                          | OgQKAgAA | 403 | incompatible capabilities
                          | QgA=  | 403 | invalid auth token
                    """)
    void headersAreCheckedInGoLivepeersOrder(
            String payment, String segment, int status, String text) {
        for (String path : List.of("/segment", "/payment")) {
            AggregatedHttpResponse response =
                    post(
                            client,
                            path,
                            payment == null ? "" : payment,
                            segment == null ? "" : segment,
                            new byte[0]);
            assertThat(response.contentUtf8()).isEqualTo(text + "\n");
            assertThat(response.status().code()).isEqualTo(status);
            assertThat(response.headers().get("x-content-type-options")).isEqualTo("nosniff");
        }
    }

    @Test
    void anExpiredTokenOpensNothingButMayBeEnded() throws Exception {
        AuthToken old =
                new org.livepeer.flink.connectors.edge.session.SessionTokens(
                                WireBench.SECRET, Duration.ofSeconds(10))
                        .issue(
                                org.livepeer.flink.operators.money.Fraction.ZERO,
                                0,
                                System.currentTimeMillis() - 60_000);
        byte[] media = media(10);

        AggregatedHttpResponse response =
                post(client, "/segment", "", header(segment(old, 0, media, "a").build()), media);

        assertThat(response.status().code()).isEqualTo(403);
        assertThat(response.contentUtf8()).isEqualTo("expired auth token\n");
        assertThat(end(one, old)).isEqualTo("OK");
    }

    @Test
    void whatAPaymentSaysOfPriceAndSenderCountsForNothing() throws Exception {
        // A denominator of zero ends go-livepeer's handler after the work was done
        String payment =
                java.util.Base64.getEncoder()
                        .encodeToString(
                                Payment.newBuilder()
                                        .setSender(ByteString.copyFrom(new byte[40]))
                                        .setExpectedPrice(
                                                PriceInfo.newBuilder()
                                                        .setPricePerUnit(Long.MAX_VALUE))
                                        .build()
                                        .toByteArray());
        byte[] media = media(10);
        String header = header(segment(token(one), 0, media, "a").build());

        TranscodeResult result = result(post(client, "/segment", payment, header, media));
        AggregatedHttpResponse paid = post(client, "/payment", payment, header, new byte[0]);

        assertThat(result.getError()).isEmpty();
        assertThat(paid.status().code()).isEqualTo(200);
        assertThat(PaymentResult.parseFrom(paid.content().array()).getInfo().getTranscoder())
                .isEqualTo(one.serviceUri());
    }

    @Test
    void refreshPaymentAnswersAsWithoutFrozenPrices() {
        assertThat(refresh("{\"sender\":\"0x" + "0".repeat(40) + "\",\"manifest_id\":\"m\"}"))
                .isEqualTo("409 {\"error\":{\"message\":\"fixed price not found for session\"}}\n");
        assertThat(refresh("{\"sender\":\"0x12\"}"))
                .isEqualTo("400 {\"error\":{\"message\":\"invalid sender\"}}\n");
        assertThat(refresh("{\"sender\":\"0x" + "0".repeat(40) + "\"}"))
                .isEqualTo("400 {\"error\":{\"message\":\"missing manifest_id\"}}\n");
        assertThat(refresh("{")).startsWith("400 ");
        assertThat(refresh("")).startsWith("400 ");
        assertThat(client.get("/refresh-payment").aggregate().join().status().code())
                .isEqualTo(405);
    }

    private static String refresh(String body) {
        AggregatedHttpResponse response = client.post("/refresh-payment", body).aggregate().join();
        return response.status().code() + " " + response.contentUtf8();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/stream/",
                "/stream/x",
                "/stream/x/y/0.ts",
                "/stream/../segment",
                "/stream/%2e%2e/%2e%2e/etc/passwd",
                "/stream/x/%25/0.ts",
                "/stream/x/y/0.ts.phash"
            })
    void pathsThatNameNothingGetAnErrorAndNothingElse(String path) {
        AggregatedHttpResponse response = client.get(path).aggregate().join();

        assertThat(response.status().code()).isBetween(400, 499);
    }

    @Test
    void everybodyElseGetsGosAnswers() {
        AggregatedHttpResponse unknown = client.get("/nothing").aggregate().join();
        assertThat(unknown.status().code()).isEqualTo(404);
        assertThat(unknown.contentUtf8()).isEqualTo("404 page not found\n");
        AggregatedHttpResponse grpc =
                client.execute(
                                RequestHeaders.builder(HttpMethod.POST, "/net.Nothing/Call")
                                        .set("content-type", "application/grpc")
                                        .set("te", "trailers")
                                        .build(),
                                new byte[5])
                        .aggregate()
                        .join();
        assertThat(grpc.status().code()).isEqualTo(200);
        assertThat(grpc.headers().get("grpc-status")).isEqualTo("12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000ff0a", "0100000001ff", "ff", "00ffffffff", "000000000308ff"})
    void brokenGrpcFramesGetAStatusAndNothingElse(String frame) {
        AggregatedHttpResponse response =
                client.execute(
                                RequestHeaders.builder(
                                                HttpMethod.POST,
                                                "/net.Orchestrator/EndTranscodingSession")
                                        .set("content-type", "application/grpc")
                                        .set("te", "trailers")
                                        .build(),
                                java.util.HexFormat.of().parseHex(frame))
                        .aggregate()
                        .join();
        String status =
                response.headers()
                        .get("grpc-status", response.trailers().get("grpc-status", "none"));
        assertThat(status).matches("[1-9]\\d?");
        assertThat(end(one, null)).isEqualTo("UNKNOWN Invalid auth token");
    }

    @Test
    void aMegabyteOfHeadersIsTaken() {
        AggregatedHttpResponse response =
                post(client, "/segment", "A".repeat(900_000), "!", new byte[0]);

        // 675 000 zero bytes are no payment
        assertThat(response.status().code()).isEqualTo(402);
    }

    @Test
    void http1IsSpokenWithoutAnyNegotiation() throws Exception {
        try (SSLSocket socket = WireBench.tls(one)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(
                    "GET /stream/a/b/0.ts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(UTF_8));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 404 ").endsWith("ErrNotFound\n");
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            assertThat(shown.getPublicKey().getAlgorithm()).isEqualTo("EC");
        }
    }

    @Test
    void aPlainPortSpeaksBothVersionsAndTheCertificateIsKept() throws Exception {
        try (OrchestratorServer plain = bench.edge("http", "plain", LIMITS)) {
            AuthToken token =
                    WireBench.grpc(plain, "http")
                            .getOrchestrator(OrchestratorRequest.getDefaultInstance())
                            .getAuthToken();
            byte[] media = media(50);
            TranscodeResult result =
                    result(
                            post(
                                    WireBench.http(plain, "h1c"),
                                    "/segment",
                                    "",
                                    header(segment(token, 0, media, "a").build()),
                                    media));
            assertThat(result.getData().getSegments(0).getUrl()).startsWith("http://127.0.0.1:");
        }
        String kept = Files.readString(folder.resolve("one").resolve("cert.pem"));
        bench.edge("https", "one", LIMITS).close();
        assertThat(Files.readString(folder.resolve("one").resolve("cert.pem"))).isEqualTo(kept);
    }
}
