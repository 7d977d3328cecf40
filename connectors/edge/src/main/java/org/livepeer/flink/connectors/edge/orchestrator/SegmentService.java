package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.StreamTimeoutException;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamTimeoutMode;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.http.PlainErrors;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /segment}: the headers are checked before the body is read, the body is hashed while it
 * comes in, 200 goes out as soon as it is whole and has that hash, and the job's answer follows as
 * a {@link TranscodeResult}. What fails after the 200 is said in there (go-livepeer {@code
 * server/segment_rpc.go}, whatever the method).
 *
 * <p>On chain the payment goes to the job first, and the 200 waits for its verdict, but no longer
 * than half of the gateway's patience: a refusal that comes later is said in the result as well.
 */
final class SegmentService implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentService.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final String URI_BODY = "application/vnd+livepeer.uri";

    private final SegmentHeaders headers;
    private final SegmentWork work;
    private final SegmentStore store;
    private final WireLimits limits;
    private final SegmentRoom room;
    private final @Nullable PaymentDesk payments;

    /**
     * @param payments on chain; null off chain
     */
    SegmentService(
            SegmentHeaders headers,
            @Nullable PaymentDesk payments,
            SegmentWork work,
            SegmentStore store,
            WireLimits limits) {
        this.headers = headers;
        this.payments = payments;
        this.work = work;
        this.store = store;
        this.limits = limits;
        this.room = new SegmentRoom(limits.segments(), limits.segmentsPerAddress());
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        long begun = System.currentTimeMillis();
        SegmentOrder order;
        try {
            order = headers.check(req.headers(), begun);
        } catch (WireRefusal refusal) {
            return refusal.response();
        }
        if (URI_BODY.equals(req.headers().get("content-type"))) {
            // No such body is asked for: neither storage nor its capabilities are offered.
            return PlainErrors.text(HttpStatus.BAD_REQUEST, "BadRequest");
        }
        if (req.headers().contentLength() > limits.segmentBytes()) {
            return internalError();
        }
        InetAddress address = ctx.remoteAddress().getAddress();
        if (!room.enter(address)) {
            return PlainErrors.text(HttpStatus.SERVICE_UNAVAILABLE, "OrchestratorBusy");
        }
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        ctx.blockingTaskExecutor().execute(() -> receive(req, order, address, begun, answer));
        return HttpResponse.of(answer);
    }

    private void receive(
            HttpRequest req,
            SegmentOrder order,
            InetAddress address,
            long begun,
            CompletableFuture<HttpResponse> answer) {
        StreamMessage<HttpData> body =
                req.split().body().timeout(limits.stall(), StreamTimeoutMode.UNTIL_NEXT);
        HttpResponse refusal;
        PaymentDesk.Sent payment;
        try {
            payment = pay(order, begun, answer);
        } catch (FatalException e) {
            body.abort();
            room.leave(address);
            answer.complete(
                    PlainErrors.text(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
            return;
        } catch (RuntimeException e) {
            REPEATS.warn("payment not sent stream={} cause={}", order.stream(), e.toString());
            body.abort();
            room.leave(address);
            answer.complete(internalError());
            return;
        }
        try (InputStream in = body.toInputStream(data -> data);
                SegmentBody media = new SegmentBody(store, limits, req.headers().contentLength())) {
            media.receive(in);
            if (order.hash().equals(ByteString.copyFrom(media.digest()))) {
                StoreReference reference = media.commit();
                awaitVerdict(payment, order, begun);
                ByteBuffer contentHash =
                        reference == null ? media.contentHash() : reference.getHash();
                String paid = payment == null ? "" : payment.id();
                // The gateway's clock for the upload stops here, whatever the job's way in takes.
                HttpResponseWriter response = HttpResponse.streaming();
                response.write(ResponseHeaders.of(HttpStatus.OK));
                if (!answer.complete(response)) {
                    // The payment was refused.
                    response.close();
                    room.leave(address);
                    return;
                }
                work(
                        order,
                        new SegmentWork.Media(reference, media.media(), contentHash, paid),
                        address,
                        begun,
                        response);
                return;
            }
            refusal = PlainErrors.text(HttpStatus.FORBIDDEN, "Forbidden");
        } catch (SegmentBody.TooLate e) {
            refusal = tooSlow();
        } catch (IOException | RuntimeException e) {
            refusal = failed(e);
        } finally {
            body.abort();
        }
        room.leave(address);
        answer.complete(refusal);
    }

    /**
     * Gives the payment to the job; a refusal answers the request at once.
     *
     * @return whose verdict is there only after a refusal has answered: whoever waits for it cannot
     *     be the faster one; null off chain
     */
    private PaymentDesk.@Nullable Sent pay(
            SegmentOrder order, long begun, CompletableFuture<HttpResponse> answer)
            throws FatalException {
        SegmentOrder.Payer payer = order.payer();
        if (payments == null || payer == null) {
            return null;
        }
        PaymentDesk.Sent sent =
                payments.send(payer.payment(), order.purpose(payer), begun, order.patienceMs());
        CompletableFuture<String> told =
                sent.verdict()
                        .thenApply(
                                refusal -> {
                                    if (!refusal.isEmpty()) {
                                        answer.complete(
                                                PlainErrors.text(HttpStatus.BAD_REQUEST, refusal));
                                    }
                                    return refusal;
                                });
        return new PaymentDesk.Sent(sent.id(), told);
    }

    /** Waits as long as the gateway can well wait for the 200. */
    private static void awaitVerdict(
            PaymentDesk.@Nullable Sent payment, SegmentOrder order, long begun) {
        if (payment == null) {
            return;
        }
        long left = begun + order.headerPatienceMs() / 2 - System.currentTimeMillis();
        try {
            payment.verdict().get(Math.max(1, left), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("verdict not in time stream={}", order.stream(), e);
        }
    }

    private void work(
            SegmentOrder order,
            SegmentWork.Media media,
            InetAddress address,
            long begun,
            HttpResponseWriter response) {
        CompletableFuture<TranscodeResult> result;
        try {
            result = work.answer(order, media, begun);
        } catch (RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        result.whenComplete(
                (done, failure) -> {
                    room.leave(address);
                    if (failure != null) {
                        REPEATS.warn(
                                "segment not answered stream={} cause={}",
                                order.stream(),
                                failure.toString());
                        response.close();
                    } else if (response.tryWrite(HttpData.wrap(done.toByteArray()))) {
                        response.close();
                    }
                });
    }

    private HttpResponse failed(Exception failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StreamTimeoutException) {
                return tooSlow();
            }
            if (t instanceof ContentTooLargeException) {
                return internalError();
            }
        }
        LOG.debug("a segment's upload ended early", failure);
        return internalError();
    }

    private static HttpResponse tooSlow() {
        return PlainErrors.text(HttpStatus.REQUEST_TIMEOUT, "Request Timeout");
    }

    private static HttpResponse internalError() {
        return PlainErrors.text(HttpStatus.INTERNAL_SERVER_ERROR, "Internal Server Error");
    }
}
