package org.livepeer.flink.connectors.transcoder.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.client.AnswerAssembly.NonsenseException;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.livepeer.flink.schemas.worker.ExecuteResponse;

/** One call on its way: sends while the channel takes more, gathers the answer. */
final class WorkerCall implements ClientResponseObserver<ExecuteRequest, ExecuteResponse> {
    private final RequestMessages messages;
    private final AnswerAssembly assembly;
    private final CompletableFuture<Answer> answer;
    private @Nullable ClientCallStreamObserver<ExecuteRequest> out;
    private boolean sent;
    private boolean cancelled;

    WorkerCall(
            RequestMessages messages, AnswerAssembly assembly, CompletableFuture<Answer> answer) {
        this.messages = messages;
        this.assembly = assembly;
        this.answer = answer;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ExecuteRequest> stream) {
        synchronized (this) {
            out = stream;
        }
        stream.setOnReadyHandler(this::pump);
    }

    @Override
    public void onNext(ExecuteResponse part) {
        if (answer.isDone()) {
            return;
        }
        try {
            assembly.add(part);
        } catch (NonsenseException e) {
            answer.complete(nonsense(e));
        }
    }

    @Override
    public void onError(Throwable cause) {
        answer.complete(failed(cause));
    }

    @Override
    public void onCompleted() {
        try {
            answer.complete(assembly.complete());
        } catch (NonsenseException e) {
            answer.complete(nonsense(e));
        }
    }

    /** Gives the call up; nothing happens when it has ended. */
    void cancel() {
        ClientCallStreamObserver<ExecuteRequest> stream;
        synchronized (this) {
            cancelled = true;
            stream = out;
        }
        if (stream != null) {
            stream.cancel("the caller has its answer or gave up", null);
        }
    }

    /** What a failed call means. */
    static Failed failed(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        Reason reason =
                switch (status.getCode()) {
                    // CANCELLED comes from a worker that ends in the middle of the call.
                    case UNAVAILABLE, CANCELLED -> Reason.WorkerUnavailable;
                    case DEADLINE_EXCEEDED -> Reason.DeadlineExceeded;
                    case UNAUTHENTICATED -> Reason.Unauthenticated;
                    case RESOURCE_EXHAUSTED -> Reason.TranscoderBusy;
                    default -> Reason.InternalError;
                };
        String detail =
                cause instanceof StatusRuntimeException
                        ? status.getCode() + ": " + status.getDescription()
                        : cause.toString();
        return new Failed(reason, detail, true);
    }

    private synchronized void pump() {
        ClientCallStreamObserver<ExecuteRequest> stream = out;
        while (stream != null && !sent && !cancelled && stream.isReady()) {
            ExecuteRequest message = messages.next();
            if (message == null) {
                sent = true;
                stream.onCompleted();
            } else {
                stream.onNext(message);
            }
        }
    }

    private static Failed nonsense(NonsenseException e) {
        return new Failed(Reason.InternalError, String.valueOf(e.getMessage()), true);
    }
}
