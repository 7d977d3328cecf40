package org.livepeer.flink.connectors.transcoder.remote;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.livepeer.flink.schemas.net.TranscoderGrpc;

/**
 * One stay with the orchestrator: a {@code RegisterTranscoder} call on a connection of its own,
 * always TLS. A dead peer is noticed within 15 s.
 *
 * <pre>
 * called ─► (messages) ─┬─ invalid secret, zero capacity ─► REFUSED
 *                       ├─ any other end, an orderly one too ─► LOST
 *                       └─ leave() ─► LEFT
 * </pre>
 */
final class Registration implements AutoCloseable {
    private static final Set<String> REFUSALS = Set.of("invalid secret", "zero capacity");
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ManagedChannel channel;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final long sinceNanos = System.nanoTime();
    private volatile @Nullable ClientCallStreamObserver<RegisterRequest> call;
    private volatile boolean heard;
    private volatile boolean left;

    /** How it ended. */
    enum Kind {
        /** The orchestrator does not want this transcoder, now or later. */
        REFUSED,
        /** The connection broke, or the orchestrator ended the call. */
        LOST,
        /** This side ended it. */
        LEFT
    }

    /**
     * @param why for a person; the orchestrator's text when there is one
     */
    record End(Kind kind, String why) {}

    /**
     * Calls the orchestrator.
     *
     * @param messages takes what it sends, on the connection's thread: must not block
     */
    Registration(
            StandaloneOptions options, RegisterRequest request, Consumer<NotifySegment> messages) {
        try {
            channel =
                    NettyChannelBuilder.forAddress(
                                    options.orchestrator().getHostString(),
                                    options.orchestrator().getPort())
                            .sslContext(
                                    GrpcSslContexts.forClient()
                                            .trustManager(options.trust().manager())
                                            .build())
                            .keepAliveTime(10, TimeUnit.SECONDS)
                            .keepAliveTimeout(5, TimeUnit.SECONDS)
                            .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS in this Java: " + e.getMessage(), e);
        }
        TranscoderGrpc.newStub(channel).registerTranscoder(request, new Answers(messages));
    }

    private final class Answers implements ClientResponseObserver<RegisterRequest, NotifySegment> {
        private final Consumer<NotifySegment> messages;

        Answers(Consumer<NotifySegment> messages) {
            this.messages = messages;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RegisterRequest> started) {
            call = started;
        }

        @Override
        public void onNext(NotifySegment message) {
            heard = true;
            messages.accept(message);
        }

        @Override
        public void onError(Throwable error) {
            Status status = Status.fromThrowable(error);
            String text = status.getDescription() == null ? "" : status.getDescription();
            Kind kind = left ? Kind.LEFT : REFUSALS.contains(text) ? Kind.REFUSED : Kind.LOST;
            end.complete(
                    new End(kind, text.isEmpty() ? status.getCode().name() : text + cause(status)));
        }

        private static String cause(Status status) {
            Throwable cause = status.getCause();
            return cause == null ? "" : ": " + cause.getMessage();
        }

        @Override
        public void onCompleted() {
            end.complete(new End(left ? Kind.LEFT : Kind.LOST, "the orchestrator ended the call"));
        }
    }

    CompletableFuture<End> end() {
        return end;
    }

    /** Whether the orchestrator has taken this transcoder: it says so only by sending a segment. */
    boolean isSettled() {
        return heard || System.nanoTime() - sinceNanos > SETTLED_NANOS;
    }

    /** No more segments, please. */
    void leave() {
        left = true;
        ClientCallStreamObserver<RegisterRequest> running = call;
        if (running != null) {
            running.cancel("the transcoder leaves", null);
        }
    }

    @Override
    public void close() {
        leave();
        channel.shutdownNow();
    }
}
