package org.livepeer.flink.connectors.transcoder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.media;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.order;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.request;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.transcoder.worker.Orders;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.RenditionHeader;
import org.livepeer.flink.schemas.worker.WorkerGrpc;

/** What the client makes of servers that are not what they should be. */
class GrpcWorkerClientIT {
    private static final ClusterSecret SECRET =
            new ClusterSecret("a secret of the tests only".getBytes(StandardCharsets.UTF_8));

    private final ScriptedWorker worker = new ScriptedWorker();
    private final GrpcWorkerClientFactory factory =
            new GrpcWorkerClientFactory(SECRET, 1 << 20, null);
    private final WorkerClient client = factory.create();
    private Server server;

    /** Collects the media, then answers as told. */
    private static final class ScriptedWorker extends WorkerGrpc.WorkerImplBase {
        final ByteArrayOutputStream media = new ByteArrayOutputStream();
        final CountDownLatch called = new CountDownLatch(1);
        volatile Consumer<StreamObserver<ExecuteResponse>> answer = out -> {};

        @Override
        public StreamObserver<ExecuteRequest> execute(StreamObserver<ExecuteResponse> out) {
            called.countDown();
            return new StreamObserver<>() {
                @Override
                public void onNext(ExecuteRequest request) {
                    media.writeBytes(request.getChunk().toByteArray());
                }

                @Override
                public void onError(Throwable cause) {}

                @Override
                public void onCompleted() {
                    answer.accept(out);
                }
            };
        }
    }

    @BeforeEach
    void start() throws Exception {
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(worker)
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        client.close();
        server.shutdownNow();
    }

    @Test
    void nonsenseIsARetryableInternalError() throws Exception {
        worker.answer =
                out -> {
                    RenditionHeader header =
                            RenditionHeader.newBuilder().setName("P0").setMediaBytes(1).build();
                    out.onNext(ExecuteResponse.newBuilder().setRendition(header).build());
                    out.onCompleted();
                };

        Failed failed = failed(order(request(media(100), 1).build()));

        assertThat(failed.reason()).isEqualTo(Reason.InternalError);
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.detail()).contains("makes no sense");
    }

    @Test
    void answerInPiecesIsWhole() throws Exception {
        worker.answer =
                out -> {
                    RenditionHeader header =
                            RenditionHeader.newBuilder()
                                    .setName("P0")
                                    .setWidth(320)
                                    .setHeight(240)
                                    .setFrames(1)
                                    .setPixels(320 * 240)
                                    .setMediaBytes(2)
                                    .build();
                    ByteString one = ByteString.copyFrom(new byte[] {7});
                    out.onNext(ExecuteResponse.newBuilder().setRendition(header).build());
                    out.onNext(ExecuteResponse.newBuilder().setChunk(one).build());
                    out.onNext(ExecuteResponse.newBuilder().setChunk(one).build());
                    out.onNext(
                            ExecuteResponse.newBuilder()
                                    .setDone(
                                            org.livepeer.flink.schemas.worker.Done
                                                    .getDefaultInstance())
                                    .build());
                    out.onCompleted();
                };
        byte[] media = media(3_000_000);

        Done done = (Done) answer(client, order(request(media, 1).build()));

        assertThat(done.renditions().get(0).getPayload())
                .isEqualTo(ByteBuffer.wrap(new byte[] {7, 7}));
        assertThat(worker.media.toByteArray()).isEqualTo(media);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, WorkerUnavailable",
        "CANCELLED, WorkerUnavailable",
        "DEADLINE_EXCEEDED, DeadlineExceeded",
        "UNAUTHENTICATED, Unauthenticated",
        "RESOURCE_EXHAUSTED, TranscoderBusy",
        "INTERNAL, InternalError",
        "UNIMPLEMENTED, InternalError",
        "INVALID_ARGUMENT, InternalError",
        "UNKNOWN, InternalError"
    })
    void everyStatusIsAReason(Status.Code code, Reason reason) throws Exception {
        worker.answer = out -> out.onError(code.toStatus().asRuntimeException());

        Failed failed = failed(order(request(media(100), 1).build()));

        assertThat(failed.reason()).isEqualTo(reason);
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void silentWorkerIsGivenUpAtTheTimeout() throws Exception {
        Failed failed = failed(order(request(media(100), 1).build(), false, 200));

        assertThat(failed.reason()).isEqualTo(Reason.DeadlineExceeded);
    }

    @Test
    void portThatTakesAndNeverSpeaksIsGivenUpAtTheTimeout() throws Exception {
        try (ServerSocket mute = new ServerSocket()) {
            mute.bind(new InetSocketAddress("127.0.0.1", 0));

            Answer answer =
                    client.execute(
                                    Orders.address("w", mute.getLocalPort()),
                                    order(request(media(5_000_000), 1).build(), false, 300))
                            .get(20, TimeUnit.SECONDS);

            assertThat(((Failed) answer).reason()).isEqualTo(Reason.DeadlineExceeded);
        }
    }

    @Test
    void nobodyListeningIsWorkerUnavailableUntilSomebodyDoes() throws Exception {
        int port = server.getPort();
        worker.answer = out -> out.onError(Status.UNKNOWN.asRuntimeException());
        server.shutdownNow();
        server.awaitTermination();
        for (int i = 0; i < 5; i++) {
            Answer answer =
                    client.execute(Orders.address("w", port), order(request(media(100), 1).build()))
                            .get(20, TimeUnit.SECONDS);
            assertThat(((Failed) answer).reason()).isEqualTo(Reason.WorkerUnavailable);
        }

        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                        .addService(worker)
                        .build()
                        .start();

        // At once, without waiting for a back-off.
        assertThat(failed(order(request(media(100), 1).build())).reason())
                .isEqualTo(Reason.InternalError);
    }

    @Test
    void serverThatEndsInTheMiddleIsWorkerUnavailable() throws Exception {
        CompletableFuture<Answer> answer = ask(client, order(request(media(100), 1).build()));
        worker.called.await();

        server.shutdownNow();

        assertThat(((Failed) answer.get(20, TimeUnit.SECONDS)).reason())
                .isEqualTo(Reason.WorkerUnavailable);
    }

    @Test
    void closedClientStillAnswers() throws Exception {
        CompletableFuture<Answer> running = ask(client, order(request(media(100), 1).build()));
        worker.called.await();

        client.close();

        assertThat(((Failed) running.get(5, TimeUnit.SECONDS)).reason())
                .isEqualTo(Reason.WorkerUnavailable);
        assertThat(failed(order(request(media(100), 1).build())).reason())
                .isEqualTo(Reason.WorkerUnavailable);
    }

    @Test
    void addressThatIsNoneIsAnAnswerToo() throws Exception {
        for (String address : new String[] {"", "host", ":1", "host:", "host:99999", "a b:1"}) {
            Answer answer =
                    client.execute(
                                    org.livepeer.flink.schemas.WorkerAddress.newBuilder(
                                                    Orders.address("w", 1))
                                            .setAddress(address)
                                            .build(),
                                    order(request(media(100), 1).build(), false, 5000))
                            .get(20, TimeUnit.SECONDS);
            assertThat(answer).as(address).isInstanceOf(Failed.class);
        }
    }

    @Test
    void mediaIsReadBackWhenTheRequestHasNone() throws Exception {
        byte[] media = media(10_000);
        Request bare = request(media, 1).setPayload(ByteBuffer.allocate(0)).build();
        worker.answer = out -> out.onError(Status.UNKNOWN.asRuntimeException());

        assertThat(failed(order(bare)).detail()).contains("cannot be read back");
        try (WorkerClient reading =
                new GrpcWorkerClient(SECRET, 1 << 20, new OneMedia(ByteBuffer.wrap(media)))) {
            answer(reading, order(bare));
            assertThat(worker.media.toByteArray()).isEqualTo(media);
        }
        try (WorkerClient gone = new GrpcWorkerClient(SECRET, 1 << 20, new OneMedia(null))) {
            Failed failed = (Failed) answer(gone, order(bare));
            assertThat(failed.reason()).isEqualTo(Reason.InternalError);
            assertThat(failed.retryable()).isTrue();
        }
    }

    @Test
    void factoryDoesNotCarryTheSecretIntoAJobGraph() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(factory))
                    .isInstanceOf(NotSerializableException.class);
        }
        assertThat(factory.toString()).doesNotContain("a secret");
    }

    private record OneMedia(@Nullable ByteBuffer media) implements MediaReader {
        @Override
        public CompletableFuture<ByteBuffer> read(Coordinates origin) {
            return media == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("gone"))
                    : CompletableFuture.completedFuture(media);
        }

        @Override
        public void close() {}
    }

    private CompletableFuture<Answer> ask(WorkerClient asking, Order order) {
        return asking.execute(Orders.address("w", server.getPort()), order);
    }

    private Answer answer(WorkerClient asking, Order order) throws Exception {
        return ask(asking, order).get(30, TimeUnit.SECONDS);
    }

    private Failed failed(Order order) throws Exception {
        return (Failed) answer(client, order);
    }
}
