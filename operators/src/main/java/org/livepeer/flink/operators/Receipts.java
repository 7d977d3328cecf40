package org.livepeer.flink.operators;

import java.util.List;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Attempt;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Funding;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.TicketPayment;

/** Makes the two things that end a request: its receipt and its answer. */
public final class Receipts {
    /** Number of the segment in an answer that is about a payment. */
    public static final long VERDICT_SEQ = -1;

    private Receipts() {}

    /** The receipt of delivered work. */
    public static Receipt success(
            FundedRequest funded,
            String sessionId,
            String workerId,
            List<Rendition> renditions,
            long decodedPixels,
            long workMs,
            long nowMs,
            List<Attempt> failedAttempts) {
        return of(funded, sessionId, workerId, nowMs, failedAttempts)
                .setSuccess(true)
                .setReason("ok")
                .setPixels(renditions.stream().mapToLong(Rendition::getPixels).sum())
                .setDecodedPixels(decodedPixels)
                .setWorkMs(workMs)
                .build();
    }

    /** The receipt of work that was not done: its money goes back. */
    public static Receipt failure(
            FundedRequest funded,
            String sessionId,
            String workerId,
            Reason reason,
            long nowMs,
            long workMs,
            List<Attempt> failedAttempts) {
        return of(funded, sessionId, workerId, nowMs, failedAttempts)
                .setSuccess(false)
                .setReason(reason.name())
                .setPixels(0)
                .setWorkMs(workMs)
                .build();
    }

    private static Receipt.Builder of(
            FundedRequest funded,
            String sessionId,
            String workerId,
            long nowMs,
            List<Attempt> failedAttempts) {
        Request request = funded.getRequest();
        Funding funding = funded.getFunding();
        return Receipt.newBuilder()
                .setRequestId(request.getRequestId())
                .setPurchasedAtMs(funding.getPurchasedAtMs())
                .setAccount(request.getAccount())
                .setCell(request.getCell())
                .setManifestId(request.getManifestId())
                .setSeq(request.getSeq())
                .setSessionId(sessionId)
                .setWorkerId(workerId)
                .setPrice(funding.getPrice())
                .setAcceptedAtMs(request.getAcceptedAtMs())
                .setDeadlineAtMs(request.getDeadlineAtMs())
                .setAnsweredAtMs(nowMs)
                .setDurationMs(request.getDurationMs())
                .setFailedAttempts(failedAttempts);
    }

    /** The answer with renditions. */
    public static Answer successAnswer(
            Request request,
            String workerId,
            List<Rendition> renditions,
            long decodedPixels,
            long nowMs) {
        SegmentResult body =
                body(request, nowMs)
                        .setStatus("ok")
                        .setWorkerId(workerId)
                        .setDecodedPixels(decodedPixels)
                        .setRenditions(renditions)
                        .build();
        return new Answer(request.getAnswer(), request.getReplyPartition(), body);
    }

    /** The answer without. */
    public static Answer failureAnswer(Request request, Reason reason, String detail, long nowMs) {
        SegmentResult body =
                body(request, nowMs)
                        .setStatus(reason.name())
                        .setDetail(detail)
                        .setRenditions(List.of())
                        .build();
        return new Answer(request.getAnswer(), request.getReplyPartition(), body);
    }

    /** What the edge that took a payment is told: ok, or the text for the payer. */
    public static Answer verdict(TicketPayment payment, PaymentEntry said, long nowMs) {
        SegmentResult body =
                SegmentResult.newBuilder()
                        .setRequestId(payment.getPaymentId())
                        .setManifestId(payment.getManifestId())
                        .setSeq(VERDICT_SEQ)
                        .setStatus(said.getAccepted() ? "ok" : Reason.PaymentRefused.name())
                        .setDetail(said.getDetail())
                        .setAcceptedAtMs(payment.getArrivedAtMs())
                        .setAnsweredAtMs(nowMs)
                        .setRenditions(List.of())
                        .setReplyTag(payment.getReplyTag())
                        .build();
        return new Answer(AnswerKind.RESULT, payment.getReplyPartition(), body);
    }

    private static SegmentResult.Builder body(Request request, long nowMs) {
        return SegmentResult.newBuilder()
                .setRequestId(request.getRequestId())
                .setManifestId(request.getManifestId())
                .setSeq(request.getSeq())
                .setDurationMs(request.getDurationMs())
                .setAcceptedAtMs(request.getAcceptedAtMs())
                .setAnsweredAtMs(nowMs)
                .setReplyTag(request.getReplyTag());
    }
}
