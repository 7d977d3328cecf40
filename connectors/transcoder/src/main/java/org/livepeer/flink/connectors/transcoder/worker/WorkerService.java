package org.livepeer.flink.connectors.transcoder.worker;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.livepeer.flink.schemas.worker.DrainRequest;
import org.livepeer.flink.schemas.worker.DrainResponse;
import org.livepeer.flink.schemas.worker.ExecuteRequest;
import org.livepeer.flink.schemas.worker.ExecuteResponse;
import org.livepeer.flink.schemas.worker.HealthRequest;
import org.livepeer.flink.schemas.worker.HealthResponse;
import org.livepeer.flink.schemas.worker.WorkerGrpc;

/** The worker's gRPC service, {@code worker.proto}. */
final class WorkerService extends WorkerGrpc.WorkerImplBase {
    private final String workerId;
    private final WorkerOptions options;
    private final ServiceParts parts;
    private final Runnable drain;

    WorkerService(String workerId, WorkerOptions options, ServiceParts parts, Runnable drain) {
        this.workerId = workerId;
        this.options = options;
        this.parts = parts;
        this.drain = drain;
    }

    @Override
    public StreamObserver<ExecuteRequest> execute(StreamObserver<ExecuteResponse> responses) {
        ServerCallStreamObserver<ExecuteResponse> out =
                (ServerCallStreamObserver<ExecuteResponse>) responses;
        out.setOnReadyThreshold(CallMetadata.MOST_WAITING_BYTES);
        long maxInlineBytes =
                Math.min(options.maxInlineAnswerBytes(), CallAuthentication.MAX_INLINE.get());
        ExecuteCall call = new ExecuteCall(parts, new AnswerStream(out), maxInlineBytes);
        out.setOnCancelHandler(call::gone);
        return call;
    }

    @Override
    public void health(HealthRequest request, StreamObserver<HealthResponse> responses) {
        boolean draining = parts.draining().getAsBoolean();
        responses.onNext(
                HealthResponse.newBuilder()
                        .setWorkerId(workerId)
                        .setServing(!draining)
                        .setDraining(draining)
                        .setRunning(parts.works().running())
                        .setQueued(parts.works().queued())
                        .setSlots(options.slots())
                        .setVersion(WorkerVersion.current())
                        .build());
        responses.onCompleted();
    }

    @Override
    public void drain(DrainRequest request, StreamObserver<DrainResponse> responses) {
        drain.run();
        responses.onNext(
                DrainResponse.newBuilder()
                        .setRunning(parts.works().running() + parts.works().queued())
                        .build());
        responses.onCompleted();
    }
}
