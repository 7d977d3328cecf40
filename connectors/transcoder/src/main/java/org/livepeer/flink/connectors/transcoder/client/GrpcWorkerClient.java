package org.livepeer.flink.connectors.transcoder.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.WorkerAddress;

/** Calls worker processes over gRPC. */
public final class GrpcWorkerClient implements WorkerClient {
    public GrpcWorkerClient(
            ClusterSecret secret, long maxInlineAnswerBytes, @Nullable MediaReader media) {}

    @Override
    public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
        return CompletableFuture.completedFuture(
                new Failed(Reason.InternalError, "not built yet", true));
    }

    @Override
    public void close() {}
}
