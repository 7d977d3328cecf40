package org.livepeer.flink.connectors.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.media;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.order;
import static org.livepeer.flink.connectors.transcoder.worker.Orders.request;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.StoreReference;

/** What a worker answers, over gRPC. */
class WorkerAnswersIT extends WorkerFixture {
    private static final byte[] MEDIA = media(5_000_000);

    @Test
    void fiveMegabytesComeBackAsFourRenditions() throws Exception {
        start();
        Request request = request(MEDIA, 4).build();

        Done done = done(request);

        assertThat(done.kept()).isFalse();
        assertThat(done.renditions())
                .extracting(Rendition::getName)
                .containsExactly("P0", "P1", "P2", "P3");
        assertThat(done.renditions())
                .allSatisfy(r -> assertThat(r.getPayload()).isEqualTo(ByteBuffer.wrap(MEDIA)));
        assertThat(done.renditions().get(1).getPixels()).isEqualTo(322L * 240 * 60);
        assertThat(request.getPayload().position()).isZero();
    }

    @Test
    void repeatIsAnsweredFromTheKeptResult() throws Exception {
        start();
        Request request = request(MEDIA, 2).build();
        Done first = done(request);

        Done second = keptDone(request);

        assertThat(second.renditions()).isEqualTo(first.renditions());
        assertThat(second.decodedPixels()).isEqualTo(first.decodedPixels());
        assertThat(engine.calls).hasValue(1);
    }

    @Test
    void repeatWhileItRunsJoins() throws Exception {
        start();
        engine.closeGate();
        Request request = request(media(100_000), 1).build();
        CompletableFuture<Answer> first = ask(order(request));
        engine.begun.acquire();
        CompletableFuture<Answer> second = ask(order(request));
        CompletableFuture<Answer> keptOnly = ask(order(request, true, 20_000));
        assertThat(second).isNotDone();

        engine.openGate();

        assertThat(first.get(20, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(second.get(20, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(keptOnly.get(20, TimeUnit.SECONDS)).isInstanceOf(Done.class);
        assertThat(engine.calls).hasValue(1);
    }

    @Test
    void keptResultSurvivesARestart() throws Exception {
        String id = start().workerId();
        Request request = request(MEDIA, 2).build();
        Done first = done(request);

        WorkerNode again = start();

        assertThat(again.workerId()).isEqualTo(id);
        Done kept = (Done) answer(order(request, true, 20_000));
        assertThat(kept.kept()).isTrue();
        assertThat(kept.renditions()).isEqualTo(first.renditions());
        assertThat(engine.calls).hasValue(1);
    }

    @Test
    void damagedKeptResultIsWorkedAgain() throws Exception {
        start();
        Request request = request(media(100_000), 1).build();
        keptDone(request);
        Path file = onlyKept();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5000]++;
        Files.write(file, bytes);

        assertThat(failed(order(request, true, 20_000)).reason()).isEqualTo(Reason.NotKept);
        assertThat(done(request).kept()).isFalse();
        assertThat(engine.calls).hasValue(2);
    }

    @Test
    void keptOnlyWithoutAResultIsNotKept() throws Exception {
        start();

        Failed failed = failed(order(request(MEDIA, 1).build(), true, 20_000));

        assertThat(failed.reason()).isEqualTo(Reason.NotKept);
        assertThat(failed.retryable()).isTrue();
        assertThat(engine.calls).hasValue(0);
    }

    @Test
    void finalFailureIsKeptAndATransientOneIsNot() throws Exception {
        start();
        Request broken = request(media(1000), 1).build();
        Request unlucky = request(media(1001), 1).build();
        engine.script(
                job -> {
                    throw new TranscodeException(
                            job.requestId().equals(broken.getRequestId())
                                    ? Reason.NoKeyFrame
                                    : Reason.WorkerCrashed,
                            "as scripted");
                });

        for (int i = 0; i < 2; i++) {
            Failed failed = failed(order(broken));
            assertThat(failed.reason()).isEqualTo(Reason.NoKeyFrame);
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.detail()).isEqualTo("as scripted");
            assertThat(failed(order(unlucky)).retryable()).isTrue();
        }
        assertThat(engine.calls).hasValue(3);
    }

    @Test
    void mediaAndRenditionsTravelThroughTheStore() throws Exception {
        SharedDirectoryStore store = store(0);
        start(options -> options.store(store));
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));

        Done done = done(request(reference, 2).build());

        for (Rendition rendition : done.renditions()) {
            assertThat(rendition.getPayload().remaining()).isZero();
            assertThat(store.read(rendition.getReference(), MEDIA.length)).isEqualTo(MEDIA);
        }
    }

    @Test
    void keptAnswerNamesTheSameObjects() throws Exception {
        SharedDirectoryStore store = store(0);
        start(options -> options.store(store));
        Request request = request(store.put(ByteBuffer.wrap(MEDIA)), 2).build();

        List<Rendition> first = done(request).renditions();

        assertThat(done(request).renditions()).isEqualTo(first);
    }

    @Test
    void answerAboveTheInlineLimitGoesToTheStore() throws Exception {
        SharedDirectoryStore store = store(0);
        WorkerNode node = start(options -> options.store(store));
        try (WorkerClient small = new GrpcWorkerClientFactory(SECRET, 150_000, null).create()) {
            Request request = request(media(100_000), 2).build();

            Answer answer =
                    small.execute(Orders.address(node.workerId(), node.port()), order(request))
                            .get(20, TimeUnit.SECONDS);

            assertThat(((Done) answer).renditions())
                    .hasSize(2)
                    .allSatisfy(r -> assertThat(r.getReference()).isNotNull());
        }
    }

    @Test
    void storedMediaWithAnotherHashIsRefused() throws Exception {
        SharedDirectoryStore store = store(0);
        start(options -> options.store(store));
        StoreReference reference = store.put(ByteBuffer.wrap(MEDIA));
        StoreReference wrong =
                StoreReference.newBuilder(reference).setHash(ByteBuffer.allocate(32)).build();
        StoreReference path =
                StoreReference.newBuilder(reference).setName("../../etc/passwd").build();

        assertThat(reason(request(wrong, 1).build())).isEqualTo(Reason.HashMismatch);
        assertThat(reason(request(path, 1).build())).isEqualTo(Reason.InvalidReference);
        assertThat(engine.calls).hasValue(0);
    }

    @Test
    void fullStoreIsARetryableFailure() throws Exception {
        StoreReference reference = store(0).put(ByteBuffer.wrap(MEDIA));
        SharedDirectoryStore full = store(Long.MAX_VALUE);
        start(options -> options.store(full));

        Failed failed = failed(order(request(reference, 1).build()));

        assertThat(failed.reason()).isEqualTo(Reason.StorageFull);
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void largeMediaIsSpooledAndRemoved() throws Exception {
        start();
        byte[] large = media(20_000_000);
        engine.script(
                job -> {
                    assertThat(job.media()).isInstanceOf(TranscodeJob.InFile.class);
                    return new org.livepeer.flink.connectors.transcoder.loopback
                                    .LoopbackTranscoder()
                            .transcode(job);
                });

        Done done = done(request(large, 1).build());

        assertThat(done.renditions().get(0).getPayload()).isEqualTo(ByteBuffer.wrap(large));
        assertThat(directory.resolve("worker/incoming")).isEmptyDirectory();
    }

    private Path onlyKept() throws Exception {
        try (Stream<Path> files = Files.list(directory.resolve("worker/kept"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }
}
