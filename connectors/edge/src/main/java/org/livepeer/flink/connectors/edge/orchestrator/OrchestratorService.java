package org.livepeer.flink.connectors.edge.orchestrator;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.net.EndTranscodingSessionRequest;
import org.livepeer.flink.schemas.net.EndTranscodingSessionResponse;
import org.livepeer.flink.schemas.net.OrchestratorGrpc;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.PingPong;

/**
 * {@code net.Orchestrator}, off chain: signatures are empty and hold for everybody. Failures are
 * UNKNOWN with go-livepeer's text, as its Go errors travel.
 */
final class OrchestratorService extends OrchestratorGrpc.OrchestratorImplBase {
    private final NodeInfo info;
    private final SessionTokens tokens;
    private final Capacity capacity;
    private final Tables tables;
    private final Fraction price;
    private final @Nullable SenderWebhook webhook;

    /**
     * @param price for whom no other was ordered, wei per pixel
     * @param webhook who says whether a sender is served; null serves everybody
     */
    OrchestratorService(
            NodeInfo info,
            SessionTokens tokens,
            Capacity capacity,
            Tables tables,
            Fraction price,
            @Nullable SenderWebhook webhook) {
        this.info = info;
        this.tokens = tokens;
        this.capacity = capacity;
        this.tables = tables;
        this.price = price;
        this.webhook = webhook;
    }

    @Override
    public void getOrchestrator(
            OrchestratorRequest request, StreamObserver<OrchestratorInfo> answer) {
        long now = System.currentTimeMillis();
        if (tables.jobMissing(now).isPresent() && !capacity.mayBeRenewal()) {
            fail(answer, "Invalid orchestrator request: the orchestrator is not ready");
        } else if (capacity.refusesSender(now)) {
            fail(answer, "Invalid orchestrator request: OrchestratorCapped");
        } else if (webhook == null) {
            welcome(answer, tables.orders().price(now).orElse(price));
        } else {
            webhook.ask(request.getAddress())
                    .whenComplete(
                            (own, failure) -> {
                                if (failure == null) {
                                    welcome(
                                            answer,
                                            own.or(() -> tables.orders().price(now)).orElse(price));
                                } else {
                                    Throwable why =
                                            failure.getCause() == null
                                                    ? failure
                                                    : failure.getCause();
                                    fail(answer, "authentication failed: " + why.getMessage());
                                }
                            });
        }
    }

    private void welcome(StreamObserver<OrchestratorInfo> answer, Fraction quoted) {
        long now = System.currentTimeMillis();
        succeed(answer, info.with(tokens.issue(quoted, now), now));
    }

    /** What ends is up to the stream's lease, which ends by itself when nothing comes any more. */
    @Override
    public void endTranscodingSession(
            EndTranscodingSessionRequest request,
            StreamObserver<EndTranscodingSessionResponse> answer) {
        if (tokens.quote(request.getAuthToken()).isEmpty()) {
            fail(answer, "Invalid auth token");
        } else {
            succeed(answer, EndTranscodingSessionResponse.getDefaultInstance());
        }
    }

    /** The signature of the value, which is empty off chain. */
    @Override
    public void ping(PingPong request, StreamObserver<PingPong> answer) {
        succeed(answer, PingPong.getDefaultInstance());
    }

    private static <T> void succeed(StreamObserver<T> answer, T value) {
        answer.onNext(value);
        answer.onCompleted();
    }

    private static void fail(StreamObserver<?> answer, String text) {
        answer.onError(Status.UNKNOWN.withDescription(text).asRuntimeException());
    }
}
