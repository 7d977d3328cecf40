package org.livepeer.flink.connectors.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.media;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.order;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.request;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** What a worker refuses, and that it goes on afterwards. */
class WorkerRefusalsIT extends WorkerFixture {
    private static final byte[] MEDIA = media(100_000);

    @Test
    void callerWithoutTheSecretIsRefused() throws Exception {
        WorkerNode node = start();
        ClusterSecret other =
                new ClusterSecret("another secret......".getBytes(StandardCharsets.UTF_8));
        try (WorkerClient stranger = new GrpcWorkerClientFactory(other, 1 << 20, null).create()) {
            Answer answer =
                    stranger.execute(
                                    Orders.address(node.workerId(), node.port()),
                                    order(request(MEDIA, 1).build()))
                            .get(20, TimeUnit.SECONDS);

            assertThat(((Failed) answer).reason()).isEqualTo(Reason.Unauthenticated);
        }
        Answer forAnother =
                client.execute(
                                Orders.address("another-worker", node.port()),
                                order(request(MEDIA, 1).build()))
                        .get(20, TimeUnit.SECONDS);
        assertThat(((Failed) forAnother).reason()).isEqualTo(Reason.Unauthenticated);
        assertThat(engine.calls).hasValue(0);
    }

    @Test
    void wrongHashIsRefusedAndDoesNotStick() throws Exception {
        start();
        Request right = request(MEDIA, 1).build();
        Request wrong =
                Request.newBuilder(right).setPayload(ByteBuffer.wrap(media(100_001))).build();

        assertThat(reason(wrong)).isEqualTo(Reason.HashMismatch);
        assertThat(engine.calls).hasValue(0);
        assertThat(done(right).kept()).isFalse();
    }

    @Test
    void wrongRequestsAreRefusedBeforeAnyWork() throws Exception {
        start();
        Request tooLarge = request(MEDIA, 1).build();
        tooLarge.setPayload(ByteBuffer.allocate(300_000_001));

        assertThat(reason(tooLarge)).isEqualTo(Reason.SegmentTooLarge);
        assertThat(reason(request(MEDIA, 17).build())).isEqualTo(Reason.TooManyProfiles);
        assertThat(reason(request(MEDIA, 0).build())).isEqualTo(Reason.InvalidProfile);
        assertThat(engine.calls).hasValue(0);
        assertThat(done(request(MEDIA, 1).build()).renditions()).hasSize(1);
    }

    @Test
    void aboveSlotsAndQueueItIsBusy() throws Exception {
        start(options -> options.slots(1).queue(1));
        engine.closeGate();
        CompletableFuture<Answer> running = ask(order(request(MEDIA, 1).build()));
        engine.begun.acquire();
        List<CompletableFuture<Answer>> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.add(ask(order(request(MEDIA, 1).build())));
        }

        // Two of the three find no place; the third waits.
        CompletableFuture<Void> twoRefused = new CompletableFuture<>();
        AtomicInteger refused = new AtomicInteger();
        others.forEach(
                other ->
                        other.thenAccept(
                                answer -> {
                                    if (answer instanceof Failed failed
                                            && failed.reason() == Reason.TranscoderBusy
                                            && failed.retryable()
                                            && refused.incrementAndGet() == 2) {
                                        twoRefused.complete(null);
                                    }
                                }));
        twoRefused.get(20, TimeUnit.SECONDS);
        engine.openGate();

        assertThat(running.get(20, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(others.stream().map(CompletableFuture::join).filter(Done.class::isInstance))
                .hasSize(1);
        assertThat(engine.calls).hasValue(2);
    }

    @Test
    void drainingWorkerAnswersOnlyWhatItHas() throws Exception {
        BlockingQueue<WorkerHeartbeat> beats = new LinkedBlockingQueue<>();
        WorkerNode node = start(options -> options.heartbeats(beats::add).maxSessions(3));
        Request kept = request(MEDIA, 1).build();
        keptDone(kept);
        engine.closeGate();
        CompletableFuture<Answer> running = ask(order(request(MEDIA, 1).build()));
        engine.begun.acquire(2);

        node.drain();

        assertThat(reason(request(MEDIA, 1).build())).isEqualTo(Reason.WorkerDraining);
        assertThat(done(kept).kept()).isTrue();
        Thread closing = new Thread(node::close);
        closing.start();
        engine.openGate();
        assertThat(running.get(20, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        closing.join(20_000);
        List<WorkerHeartbeat> all = new ArrayList<>(beats);
        assertThat(all).extracting(WorkerHeartbeat::getBeat).startsWith(0L, 1L);
        assertThat(all.get(0).getDraining()).isFalse();
        assertThat(all.get(0).getMaxSessions()).isEqualTo(3);
        assertThat(all.get(0).getAddress()).isEqualTo("127.0.0.1:" + node.port());
        WorkerHeartbeat last = all.get(all.size() - 1);
        assertThat(last.getLeaving()).isTrue();
        assertThat(last.getDraining()).isTrue();
        assertThat(last.getRunning()).isZero();
    }

    @Test
    void whateverTheEngineThrowsIsOnlyAFailure() throws Exception {
        start();
        engine.script(
                job -> {
                    throw new IllegalStateException("bug");
                });
        assertThat(failed(order(request(MEDIA, 1).build())))
                .isEqualTo(
                        new Failed(
                                Reason.InternalError,
                                "the engine failed: java.lang.IllegalStateException: bug",
                                true));
        engine.script(
                job -> {
                    throw new StackOverflowError();
                });
        assertThat(reason(request(MEDIA, 1).build())).isEqualTo(Reason.InternalError);
        engine.script(job -> new Transcoded(List.of(), 0));
        assertThat(reason(request(MEDIA, 1).build())).isEqualTo(Reason.InternalError);

        engine.script(new LoopbackTranscoder()::transcode);
        assertThat(done(request(MEDIA, 1).build()).renditions()).hasSize(1);
    }

    @Test
    void workThatNobodyWaitsForIsStoppedAndItsPlaceFree() throws Exception {
        start(options -> options.slots(1).queue(0));
        engine.closeGate();

        Failed failed = failed(order(request(MEDIA, 1).build(), false, 500));

        assertThat(failed.reason()).isEqualTo(Reason.DeadlineExceeded);
        assertThat(failed.retryable()).isTrue();
        assertThat(engine.interrupted.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        engine.openGate();
        Request next = request(MEDIA, 1).build();
        while (!(answer(order(next)) instanceof Done)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void directoryOfARunningWorkerIsTaken() throws Exception {
        start();
        WorkerOptions second =
                WorkerOptions.builder(engine, SECRET, directory.resolve("worker")).build();

        assertThatThrownBy(() -> WorkerNode.start(second))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another worker uses the directory");
    }

    @Test
    void portThatIsTakenIsNamed() throws Exception {
        int port = start().port();
        WorkerOptions second =
                WorkerOptions.builder(engine, SECRET, directory.resolve("other"))
                        .port(port)
                        .build();

        assertThatThrownBy(() -> WorkerNode.start(second))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }
}
