package org.livepeer.flink.connectors.transcoder.client;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.livepeer.flink.schemas.worker.ExecuteResponse;

/** One call: sends as fast as the worker takes it, completes its future whatever happens. */
final class Call implements ClientResponseObserver<ExecuteRequest, ExecuteResponse> {
    private final Order order;
    private final ByteBuffer media;
    private final AnswerAssembly assembly;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<ExecuteRequest> out;
    private boolean headerSent;
    private boolean closed;

    /**
     * @param media the bytes to send, its position is left alone; empty when the worker has them
     */
    Call(Order order, ByteBuffer media) {
        this.order = order;
        this.media = media.duplicate();
        this.assembly = new AnswerAssembly(order.placed().getRequest().getProfiles());
    }

    CompletableFuture<Answer> answer() {
        return answer;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ExecuteRequest> stream) {
        out = stream;
        stream.setOnReadyHandler(this::pump);
    }

    private void pump() {
        ClientCallStreamObserver<ExecuteRequest> stream = out;
        while (stream != null && !closed && stream.isReady()) {
            if (!headerSent) {
                headerSent = true;
                stream.onNext(
                        ExecuteRequest.newBuilder().setHeader(ExecuteHeaders.of(order)).build());
            } else if (media.hasRemaining()) {
                ByteBuffer chunk = media.slice();
                chunk.limit(Math.min(CallMetadata.CHUNK_BYTES, chunk.remaining()));
                media.position(media.position() + chunk.remaining());
                stream.onNext(
                        ExecuteRequest.newBuilder()
                                .setChunk(UnsafeByteOperations.unsafeWrap(chunk))
                                .build());
            } else {
                closed = true;
                stream.onCompleted();
            }
        }
    }

    @Override
    public void onNext(ExecuteResponse message) {
        if (answer.isDone()) {
            return;
        }
        Answer whole;
        try {
            whole = assembly.take(message);
        } catch (RuntimeException e) {
            whole = AnswerAssembly.nonsense(String.valueOf(e));
        }
        if (whole != null) {
            answer.complete(whole);
        }
    }

    @Override
    public void onError(Throwable error) {
        answer.complete(failure(error));
    }

    @Override
    public void onCompleted() {
        if (!answer.isDone()) {
            answer.complete(AnswerAssembly.nonsense("it ended in the middle"));
        }
    }

    /** A status of the call as an answer. */
    static Failed failure(Throwable error) {
        Status status = Status.fromThrowable(error);
        Reason reason =
                switch (status.getCode()) {
                    case UNAVAILABLE, CANCELLED -> Reason.WorkerUnavailable;
                    case DEADLINE_EXCEEDED -> Reason.DeadlineExceeded;
                    case UNAUTHENTICATED, PERMISSION_DENIED -> Reason.Unauthenticated;
                    case RESOURCE_EXHAUSTED -> Reason.TranscoderBusy;
                    default -> Reason.InternalError;
                };
        return new Failed(
                reason,
                status.getCode()
                        + (status.getDescription() == null ? "" : ": " + status.getDescription()),
                true);
    }
}
