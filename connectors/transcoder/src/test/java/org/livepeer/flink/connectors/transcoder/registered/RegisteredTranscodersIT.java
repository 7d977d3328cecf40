package org.livepeer.flink.connectors.transcoder.registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.connectors.transcoder.registered.FakeTranscoder.parts;
import static org.livepeer.flink.connectors.transcoder.registered.FakeTranscoder.post;
import static org.livepeer.flink.connectors.transcoder.registered.FakeTranscoder.result;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.grpc.Status;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.connectors.transcoder.remote.HeldEngine;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorTrust;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneOptions;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneTranscoder;
import org.livepeer.flink.connectors.transcoder.worker.Orders;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.NotifySegment;

/** Transcoders that speak go-livepeer's protocol, asked as the job asks any worker. */
@Timeout(60)
class RegisteredTranscodersIT {
    private static final byte[] MEDIA = Orders.media(10_000);

    @TempDir static Path folder;
    private static final Map<String, WorkerHeartbeat> beats = Desk.beats();

    /** One for all tests: starting and stopping a server takes two seconds. */
    private static Desk desk;

    private final WorkerClient job =
            new GrpcWorkerClientFactory(Desk.CLUSTER, 64 << 20, null).create();
    private final List<FakeTranscoder> fakes = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        desk = new Desk(folder.resolve("desk"), beats);
    }

    @AfterAll
    static void close() {
        desk.close();
    }

    @AfterEach
    void forget() throws Exception {
        job.close();
        fakes.forEach(FakeTranscoder::die);
        for (String worker : beats.keySet()) {
            desk.awaitLeft(worker);
        }
        beats.clear();
    }

    private FakeTranscoder fake(String secret, long capacity) {
        FakeTranscoder fake = new FakeTranscoder(desk, secret, capacity);
        fakes.add(fake);
        return fake;
    }

    private CompletableFuture<Answer> ask(int renditions, long timeoutMs) throws Exception {
        return job.execute(
                Desk.address(desk.worker()),
                Orders.order(Orders.request(MEDIA, renditions).build(), false, timeoutMs));
    }

    private Failed failed(CompletableFuture<Answer> answer) throws Exception {
        return (Failed) answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aTranscoderOfTheNetworkIsAWorkerLikeAnyOther() throws Exception {
        // Given
        HeldEngine engine = new HeldEngine();
        engine.let.release();
        try (StandaloneTranscoder transcoder = transcoder(engine)) {
            // When
            Done done = (Done) ask(2, 20_000).get(20, TimeUnit.SECONDS);

            // Then
            assertThat(done.renditions()).extracting("name").containsExactly("P0", "P1");
            assertThat(done.renditions().get(0).getPixels()).isEqualTo(30L * 320 * 240);
            assertThat(done.renditions().get(0).getFrames()).isEqualTo(30);
            assertThat(done.decodedPixels()).isEqualTo(30L * 322 * 240);
            assertThat(done.renditions().get(1).getPayload()).isEqualTo(ByteBuffer.wrap(MEDIA));
            assertThat(engine.jobs.get(0).profiles())
                    .isEqualTo(Orders.request(MEDIA, 2).build().getProfiles());
            WorkerHeartbeat beat = desk.worker();
            assertThat(beat.getMaxSessions()).isEqualTo(3);
            assertThat(beat.getCapabilities())
                    .containsExactlyInAnyOrder("encode:h264", "format:mpegts");
            assertThat(beat.getResultsAt()).isEqualTo("https://127.0.0.1:" + desk.port);
            assertThat(transcoder.isRegistered()).isTrue();
        }
    }

    private StandaloneTranscoder transcoder(HeldEngine engine) throws Exception {
        return StandaloneTranscoder.start(
                new StandaloneOptions(
                        InetSocketAddress.createUnresolved("127.0.0.1", desk.port),
                        new OrchSecret(Desk.SECRET),
                        OrchestratorTrust.any(),
                        3,
                        List.of("encode:h264", "format:mpegts"),
                        engine,
                        folder.resolve("sources"),
                        Duration.ofSeconds(1),
                        new CompositeMeterRegistry()));
    }

    @Test
    void aSlowSegmentCostsItsAttemptAndNotTheTranscoder() throws Exception {
        // Given
        FakeTranscoder fake = fake(Desk.SECRET, 2);

        // When
        Failed late = failed(ask(1, 1_000));
        NotifySegment first = fake.message();
        AggregatedHttpResponse answer =
                post(
                        desk.http(),
                        result(first.getTaskId(), "multipart/mixed; boundary=b"),
                        parts(76_800));
        CompletableFuture<Answer> next = ask(1, 10_000);
        post(
                desk.http(),
                result(fake.message().getTaskId(), "multipart/mixed; boundary=b"),
                parts(76_800));

        // Then
        assertThat(late.reason()).isEqualTo(Reason.DeadlineExceeded);
        assertThat(late.retryable()).isTrue();
        assertThat(answer.status().code()).isEqualTo(200);
        assertThat(next.get(10, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(fake.end).isNotDone();
        assertThat(desk.meters.get("livepeer.edge.transcoders").gauge().value()).isPositive();
    }

    @Test
    void theSegmentOfADeadTranscoderFailsAtOnceAndItsWorkerLeaves() throws Exception {
        // Given
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        CompletableFuture<Answer> answer = ask(1, 20_000);
        NotifySegment message = fake.message();
        assertThat(source(message).status().code()).isEqualTo(200);

        // When
        fake.die();

        // Then
        Failed failed = failed(answer);
        assertThat(failed.reason()).isEqualTo(Reason.WorkerUnavailable);
        assertThat(failed.retryable()).isTrue();
        desk.awaitLeft(beats.keySet().iterator().next());
        assertThat(source(message).status().code()).isEqualTo(404);
        for (int i = 0; i < 200 && kept().length > 0; i++) {
            Thread.sleep(20);
        }
        assertThat(kept()).isEmpty();
    }

    private static String[] kept() {
        return folder.resolve("desk").toFile().list();
    }

    private AggregatedHttpResponse source(NotifySegment message) {
        return WebClient.builder()
                .factory(ClientFactory.insecure())
                .build()
                .get(message.getUrl())
                .aggregate()
                .join();
    }

    @Test
    void messagesAreThoseOfTheNetwork() throws Exception {
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        ask(2, 5_000);

        NotifySegment message = fake.message();

        assertThat(message.getTaskId()).isPositive();
        assertThat(message.getUrl())
                .isEqualTo(
                        "https://127.0.0.1:"
                                + desk.port
                                + "/source/"
                                + message.getTaskId()
                                + ".tempfile");
        assertThat(message.getOrchId()).isEqualTo("offchain");
        assertThat(message.getProfiles().toStringUtf8()).isEqualTo("invalid");
        assertThat(message.getSegData().getHash().size()).isEqualTo(32);
        assertThat(message.getSegData().getSig().size()).isZero();
        assertThat(message.getSegData().getFullProfilesCount()).isEqualTo(2);
        assertThat(message.getSegData().getFullProfiles3Count()).isZero();
        assertThat(message.getSegData().getAuthToken().getSessionId()).matches("[0-9a-f]{16}");
        assertThat(message.getSegData().getManifestId().toStringUtf8()).matches("[0-9a-f]{16}");
        // H.264, MPEG-TS, tokens.
        assertThat(message.getSegData().getCapabilities().getBitstringList())
                .containsExactly(1L | 2L | 1L << 12);
        assertThat(source(message).content().array()).isEqualTo(MEDIA);
    }

    @ParameterizedTest
    @CsvSource({
        "wrong,2,invalid secret",
        "'',2,invalid secret",
        "verbigsecret,0,zero capacity",
        "verbigsecret,-5,zero capacity"
    })
    void strangersAreRefusedInGoLivepeersWords(String secret, long capacity, String text)
            throws Exception {
        Status end = fake(secret, capacity).end.get(10, TimeUnit.SECONDS);

        assertThat(end.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(end.getDescription()).isEqualTo(text);
        assertThat(beats).isEmpty();
    }

    @Test
    void anAbsurdCapacityIsCutAndOldTranscodersHaveTheUsualAbilities() throws Exception {
        fake(Desk.SECRET, Long.MAX_VALUE);

        WorkerHeartbeat beat = desk.worker();

        assertThat(beat.getMaxSessions()).isEqualTo(1_000);
        assertThat(beat.getSlots()).isEqualTo(64);
        assertThat(beat.getCapabilities())
                .containsExactlyInAnyOrder("encode:h264", "format:mpegts", "format:mp4");
    }

    @ParameterizedTest
    @CsvSource({
        "TranscoderInvalidVideo,TranscoderInvalidVideo,false",
        "No keyframes in input,NoKeyFrame,false",
        "Encoder not found,WorkerCrashed,true",
        "TranscoderBusy,WorkerCrashed,true"
    })
    void whatATranscoderSaysOfTheMediaIsFinalAndTheRestIsTriedElsewhere(
            String text, Reason reason, boolean retryable) throws Exception {
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        CompletableFuture<Answer> answer = ask(1, 10_000);

        AggregatedHttpResponse response =
                post(
                        desk.http(),
                        result(fake.message().getTaskId(), "livepeer/transcoding-error")
                                .set("pixels", "0"),
                        text);

        assertThat(response.contentUtf8()).isEqualTo("OK");
        assertThat(failed(answer).reason()).isEqualTo(reason);
        assertThat(failed(answer).retryable()).isEqualTo(retryable);
        assertThat(failed(answer).detail()).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization=other:401:Unauthorized",
                "credentials=other:401:Unauthorized",
                "taskid=x:400:Invalid Task ID",
                "taskid=99999999999999999999:400:Invalid Task ID",
                "pixels=-1:400:Invalid Pixels",
                "taskid=77:200:OK"
            })
    void postsAreCheckedInGoLivepeersOrder(String given) throws Exception {
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        CompletableFuture<Answer> answer = ask(1, 1_000);
        String[] parts = given.split("[=:]");

        AggregatedHttpResponse response =
                post(
                        desk.http(),
                        result(fake.message().getTaskId(), "multipart/mixed; boundary=b")
                                .set(parts[0], parts[1]),
                        FakeTranscoder.parts(76_800));

        assertThat(response.status().code()).isEqualTo(Integer.parseInt(parts[2]));
        assertThat(response.contentUtf8().strip()).isEqualTo(parts[3]);
        assertThat(failed(answer).reason()).isEqualTo(Reason.DeadlineExceeded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no multipart at all",
                "--b\r\nPixels: 1\r\n\r\nnever ends",
                "--b\r\nPixels: lots\r\n\r\nmedia\r\n--b--\r\n",
                "--b\r\nPixels: 5\r\n\r\n\r\n--b--\r\n",
                "--b\r\nContent-Type: video/mp2t\r\n\r\nmedia\r\n--b--\r\n",
                "--b--\r\n",
                ""
            })
    void aBrokenResultIsTriedElsewhere(String body) throws Exception {
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        CompletableFuture<Answer> answer = ask(1, 10_000);

        AggregatedHttpResponse response =
                post(
                        desk.http(),
                        result(fake.message().getTaskId(), "multipart/mixed; boundary=b"),
                        body);

        assertThat(response.status().code()).isEqualTo(500);
        assertThat(failed(answer).reason()).isEqualTo(Reason.WorkerCrashed);
    }

    @Test
    void tooManyRenditionsAreNoResult() throws Exception {
        FakeTranscoder fake = fake(Desk.SECRET, 2);
        CompletableFuture<Answer> answer = ask(1, 10_000);

        post(
                desk.http(),
                result(fake.message().getTaskId(), "multipart/mixed; boundary=b"),
                parts(76_800, 76_800));

        assertThat(failed(answer).detail()).contains("more renditions than profiles");
    }

    @Test
    void aResultThatIsPostedAtAnotherEdgeFindsItsOwner() throws Exception {
        try (Desk other = new Desk(folder.resolve("other"), beats)) {
            FakeTranscoder fake = fake(Desk.SECRET, 2);
            CompletableFuture<Answer> answer = ask(1, 10_000);

            AggregatedHttpResponse response =
                    post(
                            other.http(),
                            result(fake.message().getTaskId(), "multipart/mixed; boundary=b"),
                            parts(76_800));

            assertThat(response.contentUtf8()).isEqualTo("OK");
            assertThat(answer.get(10, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        }
    }

    @Test
    void anEdgeThatClosesEndsTheCallInGoodOrder() throws Exception {
        Map<String, WorkerHeartbeat> own = Desk.beats();
        Desk closing = new Desk(folder.resolve("closing"), own);
        FakeTranscoder fake = new FakeTranscoder(closing, Desk.SECRET, 2);
        String worker = closing.worker().getWorkerId();

        closing.close();

        assertThat(fake.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
        assertThat(own.get(worker).getLeaving()).isTrue();
        assertThat(folder.resolve("closing").resolve(worker)).doesNotExist();
    }
}
