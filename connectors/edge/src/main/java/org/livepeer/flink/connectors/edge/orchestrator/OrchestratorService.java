package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.payment.ChainFeed;
import org.livepeer.flink.connectors.edge.payment.Offers;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.TicketValue.InsufficientReserve;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import org.livepeer.flink.schemas.PriceQuoted;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.EndTranscodingSessionRequest;
import org.livepeer.flink.schemas.net.EndTranscodingSessionResponse;
import org.livepeer.flink.schemas.net.OrchestratorGrpc;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.PingPong;

/**
 * {@code net.Orchestrator}. Off chain signatures are empty and hold for everybody. Failures are
 * UNKNOWN with go-livepeer's text, as its Go errors travel.
 */
final class OrchestratorService extends OrchestratorGrpc.OrchestratorImplBase {
    private final NodeInfo info;
    private final SessionTokens tokens;
    private final Capacity capacity;
    private final Tables tables;
    private final Fraction price;
    private final @Nullable SenderWebhook webhook;
    private final @Nullable OnChain chain;
    private final Consumer<PriceQuoted> quotes;

    /** What an orchestrator on chain has besides. */
    record OnChain(Offers offers, ChainFeed feed) {}

    /**
     * @param price for whom no other was ordered, wei per pixel
     * @param webhook who says whether a sender is served; null serves everybody
     * @param chain null off chain
     * @param quotes is told how each price came to be
     */
    OrchestratorService(
            NodeInfo info,
            SessionTokens tokens,
            Capacity capacity,
            Tables tables,
            Fraction price,
            @Nullable SenderWebhook webhook,
            @Nullable OnChain chain,
            Consumer<PriceQuoted> quotes) {
        this.chain = chain;
        this.quotes = quotes;
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
        EthAddress sender = EthAddress.of(request.getAddress().toByteArray());
        boolean renewal = chain == null ? capacity.mayBeRenewal() : capacity.mayBeRenewal(sender);
        if (chain != null && !chain.offers().isSigned(request)) {
            fail(answer, "Invalid orchestrator request: orchestrator req sig check failed");
        } else if (isNotReady(renewal, now)) {
            fail(answer, "Invalid orchestrator request: the orchestrator is not ready");
        } else if (capacity.refusesSender(renewal, now)) {
            fail(answer, "Invalid orchestrator request: OrchestratorCapped");
        } else if (webhook == null) {
            welcome(answer, request, listed(sender, request.getCapabilities(), now));
        } else {
            webhook.ask(request.getAddress())
                    .whenComplete(
                            (own, failure) -> {
                                if (failure == null) {
                                    welcome(
                                            answer,
                                            request,
                                            own.map(Listed::byWebhook)
                                                    .orElseGet(
                                                            () ->
                                                                    listed(
                                                                            sender,
                                                                            request
                                                                                    .getCapabilities(),
                                                                            now)));
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

    /** Without the chain nobody can be told what to pay, whoever it is. */
    private boolean isNotReady(boolean isRenewal, long nowMs) {
        return (tables.jobMissing(nowMs).isPresent() && !isRenewal)
                || (chain != null && chain.feed().waitingFor(nowMs).isPresent());
    }

    /**
     * A price before what redeeming costs is put on it.
     *
     * @param scope where it comes from
     * @param commandId of the order; empty when there was none
     */
    private record Listed(Fraction price, String scope, String commandId, long orderedAtMs) {
        static Listed byWebhook(Fraction price) {
            return new Listed(price, "webhook", "", 0);
        }

        static Listed by(OperatorOrders.Order order) {
            return new Listed(
                    order.weiPerPixel(), order.scope(), order.commandId(), order.orderedAtMs());
        }
    }

    /** Off chain a sender may say that it is anybody: everybody's price counts. */
    private Listed listed(EthAddress sender, Capabilities needed, long nowMs) {
        return tables.orders()
                .price(
                        chain == null ? "" : "sender:" + sender.lower(),
                        price,
                        number -> CapabilityNumbers.has(needed, number),
                        nowMs)
                .map(Listed::by)
                .orElseGet(() -> new Listed(price, "option", "", 0));
    }

    private void welcome(
            StreamObserver<OrchestratorInfo> answer, OrchestratorRequest request, Listed listed) {
        long now = System.currentTimeMillis();
        EthAddress sender = EthAddress.of(request.getAddress().toByteArray());
        List<Long> asked = request.getCapabilities().getBitstringList();
        try {
            Offers.Quote quote =
                    chain == null ? null : chain.offers().quote(sender, listed.price());
            Fraction quoted = quote == null ? listed.price() : quote.price();
            AuthToken token = tokens.issue(quoted, asked.isEmpty() ? 0 : asked.get(0), now);
            OrchestratorInfo whole = info.with(token, sender, quoted, now);
            quotes.accept(told(token, sender, listed, quote, now));
            succeed(answer, whole);
        } catch (InsufficientReserve | IllegalArgumentException e) {
            fail(answer, String.valueOf(e.getMessage()));
        }
    }

    private static PriceQuoted told(
            AuthToken token,
            EthAddress sender,
            Listed listed,
            Offers.@Nullable Quote quote,
            long nowMs) {
        PriceQuoted.Builder told =
                PriceQuoted.newBuilder()
                        .setSessionId(token.getSessionId())
                        .setSender(sender.lower())
                        .setQuotedAtMs(nowMs)
                        .setPrice(listed.price().toRational())
                        .setListed(listed.price().toRational())
                        .setScope(listed.scope())
                        .setCommandId(listed.commandId())
                        .setOrderedAtMs(listed.orderedAtMs());
        return quote == null
                ? told.build()
                : told.setPrice(quote.price().toRational())
                        .setAdjusted(quote.adjusted())
                        .setGasPrice(quote.gasPrice().toString())
                        .setRedeemGas(quote.redeemGas())
                        .setFaceValue(quote.faceValue().toString())
                        .setL1Block(quote.l1Block())
                        .build();
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
        PingPong.Builder pong = PingPong.newBuilder();
        if (chain != null) {
            byte[] signature = chain.offers().nodeSignature(request.getValue().toByteArray());
            pong.setValue(ByteString.copyFrom(signature));
        }
        succeed(answer, pong.build());
    }

    private static <T> void succeed(StreamObserver<T> answer, T value) {
        answer.onNext(value);
        answer.onCompleted();
    }

    private static void fail(StreamObserver<?> answer, String text) {
        answer.onError(Status.UNKNOWN.withDescription(text).asRuntimeException());
    }
}
