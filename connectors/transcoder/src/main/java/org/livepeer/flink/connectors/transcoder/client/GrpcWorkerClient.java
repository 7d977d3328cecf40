package org.livepeer.flink.connectors.transcoder.client;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkerAddress;
import org.livepeer.flink.schemas.worker.WorkerGrpc;

/** Calls worker processes over gRPC, one channel for each address. */
public final class GrpcWorkerClient implements WorkerClient {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ClusterSecret secret;
    private final long maxInlineAnswerBytes;
    private final @Nullable MediaReader media;
    private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    public GrpcWorkerClient(
            ClusterSecret secret, long maxInlineAnswerBytes, @Nullable MediaReader media) {
        this.secret = secret;
        this.maxInlineAnswerBytes = maxInlineAnswerBytes;
        this.media = media;
    }

    @Override
    public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
        Request request = order.placed().getRequest();
        boolean sent = request.getPayload().hasRemaining();
        if (order.keptOnly() || sent || request.getReference() != null) {
            return call(worker, order, order.keptOnly() ? NOTHING : request.getPayload());
        }
        if (media == null) {
            return CompletableFuture.completedFuture(
                    new Failed(Reason.InternalError, "the request travels without media", false));
        }
        return media.read(request.getOrigin())
                .handle(
                        (bytes, error) ->
                                error == null
                                        ? call(worker, order, bytes)
                                        : CompletableFuture.<Answer>completedFuture(
                                                new Failed(
                                                        Reason.InternalError,
                                                        "the media cannot be read back: " + error,
                                                        true)))
                .thenCompose(answer -> answer);
    }

    private CompletableFuture<Answer> call(WorkerAddress worker, Order order, ByteBuffer bytes) {
        Call call = new Call(order, bytes);
        try {
            Metadata metadata = new Metadata();
            metadata.put(CallMetadata.PROOF, secret.callProof(worker.getWorkerId()));
            metadata.put(CallMetadata.MAX_INLINE, Long.toString(maxInlineAnswerBytes));
            WorkerGrpc.newStub(channels.computeIfAbsent(worker.getAddress(), this::open))
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .withDeadlineAfter(order.timeoutMs(), TimeUnit.MILLISECONDS)
                    .execute(call);
        } catch (RuntimeException e) {
            call.onError(e);
        }
        return call.answer();
    }

    private ManagedChannel open(String address) {
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(CallMetadata.MAX_MESSAGE_BYTES)
                .flowControlWindow(CallMetadata.FLOW_CONTROL_WINDOW)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .idleTimeout(5, TimeUnit.MINUTES)
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
        if (media != null) {
            media.close();
        }
    }
}
