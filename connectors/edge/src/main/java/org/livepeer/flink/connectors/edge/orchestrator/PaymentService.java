package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.http.PlainErrors;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.schemas.net.PaymentResult;
import org.slf4j.LoggerFactory;

/**
 * {@code /payment}: the checks of a segment's headers, and the orchestrator's word. On chain its
 * tickets are credited to the sender's account of the stream, not of the session, as go-livepeer
 * has it.
 */
final class PaymentService implements HttpService {
    private static final Repeats REPEATS =
            new Repeats(LoggerFactory.getLogger(PaymentService.class));

    /** What a gateway waits for an answer here (go-livepeer {@code server/ai_http.go}). */
    private static final long PATIENCE_MS = 8_000;

    private final SegmentHeaders headers;
    private final @Nullable PaymentDesk payments;

    /**
     * @param payments on chain; null off chain
     */
    PaymentService(SegmentHeaders headers, @Nullable PaymentDesk payments) {
        this.headers = headers;
        this.payments = payments;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        long now = System.currentTimeMillis();
        try {
            SegmentOrder order = headers.check(req.headers(), now);
            SegmentOrder.Payer payer = order.payer();
            if (payments == null || payer == null) {
                return accepted(order);
            }
            return HttpResponse.of(
                    CompletableFuture.supplyAsync(
                                    () -> pay(payments, payer, order, now),
                                    ctx.blockingTaskExecutor())
                            .thenCompose(response -> response));
        } catch (WireRefusal refusal) {
            return refusal.response();
        }
    }

    private static CompletableFuture<HttpResponse> pay(
            PaymentDesk payments, SegmentOrder.Payer payer, SegmentOrder order, long nowMs) {
        PaymentDesk.Purpose purpose =
                new PaymentDesk.Purpose(
                        payer.sender(),
                        order.token().getSessionId(),
                        PaymentDesk.account(payer.sender(), order.stream()),
                        order.stream(),
                        order.price(),
                        0,
                        0);
        try {
            return payments.send(payer.payment(), purpose, nowMs, PATIENCE_MS)
                    .verdict()
                    .handle((refusal, failure) -> answer(order, refusal, failure));
        } catch (FatalException e) {
            return CompletableFuture.completedFuture(refused(String.valueOf(e.getMessage())));
        }
    }

    private static HttpResponse answer(
            SegmentOrder order, @Nullable String refusal, @Nullable Throwable failure) {
        if (refusal == null) {
            REPEATS.warn(
                    "payment without a verdict stream={} cause={}",
                    order.stream(),
                    String.valueOf(failure));
            return PlainErrors.text(HttpStatus.INTERNAL_SERVER_ERROR, "Internal Server Error");
        }
        return refusal.isEmpty() ? accepted(order) : refused(refusal);
    }

    private static HttpResponse refused(String text) {
        return PlainErrors.text(HttpStatus.BAD_REQUEST, text);
    }

    private static HttpResponse accepted(SegmentOrder order) {
        byte[] body = PaymentResult.newBuilder().setInfo(order.info()).build().toByteArray();
        return HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, body);
    }
}
