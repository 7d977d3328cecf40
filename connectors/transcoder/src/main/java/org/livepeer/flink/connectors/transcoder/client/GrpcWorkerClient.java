package org.livepeer.flink.connectors.transcoder.client;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkerAddress;
import org.livepeer.flink.schemas.worker.WorkerGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls worker processes over gRPC. Media goes out straight from the record's buffer; answers are
 * checked before they are believed. Futures complete on threads of this client: a continuation must
 * not block.
 */
public final class GrpcWorkerClient implements WorkerClient {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcWorkerClient.class);
    private static final int THREADS = 4;
    private static final long SWEEP_EVERY_S = 30;

    private final ClusterSecret secret;
    private final long maxInlineAnswerBytes;
    private final @Nullable MediaReader media;
    private final ExecutorService executor =
            Executors.newFixedThreadPool(THREADS, daemons("worker-client"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(daemons("worker-client-timer"));
    private final Set<CompletableFuture<Answer>> pending = ConcurrentHashMap.newKeySet();
    private final WorkerChannels channels = new WorkerChannels(executor, System::nanoTime);

    /**
     * @param media closed with the client
     */
    GrpcWorkerClient(ClusterSecret secret, long maxInlineAnswerBytes, @Nullable MediaReader media) {
        this.secret = secret;
        this.maxInlineAnswerBytes = maxInlineAnswerBytes;
        this.media = media;
        timer.scheduleWithFixedDelay(
                channels::sweep, SWEEP_EVERY_S, SWEEP_EVERY_S, TimeUnit.SECONDS);
    }

    @Override
    public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        pending.add(answer);
        answer.whenComplete((given, cause) -> pending.remove(answer));
        answer.completeOnTimeout(
                new Failed(
                        Reason.DeadlineExceeded,
                        "no answer within " + order.timeoutMs() + " ms",
                        true),
                Math.max(1, order.timeoutMs()),
                TimeUnit.MILLISECONDS);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(order.timeoutMs());
        try {
            media(order)
                    .whenComplete(
                            (bytes, cause) -> {
                                if (cause != null || bytes == null) {
                                    answer.complete(unread(cause));
                                } else {
                                    guardedCall(worker, order, bytes, deadline, answer);
                                }
                            });
        } catch (RuntimeException e) {
            answer.complete(unread(e));
        }
        return answer;
    }

    /** Ends running calls with {@code WorkerUnavailable}. */
    @Override
    public void close() {
        timer.shutdownNow();
        channels.close();
        for (CompletableFuture<Answer> answer : pending) {
            answer.complete(new Failed(Reason.WorkerUnavailable, "the client is closed", true));
        }
        executor.shutdown();
        if (media != null) {
            media.close();
        }
    }

    private CompletableFuture<ByteBuffer> media(Order order) {
        Request request = order.placed().getRequest();
        if (request.getPayload().hasRemaining()
                || request.getReference() != null
                || order.keptOnly()) {
            return CompletableFuture.completedFuture(request.getPayload());
        }
        if (media == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(
                            "the request travels without it and there is no reader"));
        }
        return media.read(request.getOrigin());
    }

    /** A future swallows what its continuation throws: said here, it costs a try and no wait. */
    private void guardedCall(
            WorkerAddress worker,
            Order order,
            ByteBuffer bytes,
            long deadline,
            CompletableFuture<Answer> answer) {
        try {
            call(worker, order, bytes, deadline, answer);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.error("call failed here worker={}", worker.getWorkerId(), e);
            answer.complete(
                    new Failed(
                            Reason.InternalError,
                            "the call failed before it was sent: " + e,
                            true));
        }
    }

    private void call(
            WorkerAddress worker,
            Order order,
            ByteBuffer bytes,
            long deadline,
            CompletableFuture<Answer> answer) {
        long left = deadline - System.nanoTime();
        if (answer.isDone() || left <= 0) {
            return; // completeOnTimeout has answered or is about to
        }
        WorkerChannels.Lease lease;
        try {
            lease = channels.take(worker.getAddress());
        } catch (IllegalArgumentException | IllegalStateException e) {
            answer.complete(
                    new Failed(Reason.WorkerUnavailable, String.valueOf(e.getMessage()), true));
            return;
        }
        long leftMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
        WorkerCall call =
                new WorkerCall(
                        new RequestMessages(
                                order, order.keptOnly() ? ByteBuffer.allocate(0) : bytes, leftMs),
                        new AnswerAssembly(
                                order.placed().getRequest().getProfiles(), maxInlineAnswerBytes),
                        answer);
        answer.whenComplete(
                (given, cause) -> {
                    call.cancel();
                    lease.release(
                            given instanceof Failed failed
                                    && failed.reason() == Reason.WorkerUnavailable);
                });
        try {
            WorkerGrpc.newStub(lease.channel())
                    .withInterceptors(
                            MetadataUtils.newAttachHeadersInterceptor(
                                    metadata(worker.getWorkerId())))
                    .withOnReadyThreshold(CallMetadata.MOST_WAITING_BYTES)
                    .withDeadlineAfter(left, TimeUnit.NANOSECONDS)
                    .execute(call);
        } catch (RuntimeException e) {
            answer.complete(WorkerCall.failed(e));
        }
    }

    private Metadata metadata(String workerId) {
        Metadata metadata = new Metadata();
        metadata.put(CallMetadata.PROOF, secret.callProof(workerId));
        metadata.put(CallMetadata.MAX_INLINE, Long.toString(maxInlineAnswerBytes));
        return metadata;
    }

    private static Failed unread(@Nullable Throwable cause) {
        return new Failed(
                Reason.InternalError,
                "the media cannot be read back from its topic: " + cause,
                true);
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
