package org.livepeer.flink.connectors.edge.orchestrator;

import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.wire.WireTexts;
import org.livepeer.flink.schemas.SegmentResult;

/**
 * The job's reasons in go-livepeer's words. Gateways compare them: some end the try of a segment
 * (422 to who pushed it), every other makes them try another orchestrator.
 */
final class FailureTexts {
    private FailureTexts() {}

    /** No answer came in time. */
    static final String TOO_LONG = "Remote transcoder took too long";

    /** The operator's object store did not take all renditions. */
    static final String NOT_STORED = "ObjectStoreUnavailable";

    /** The text for an answer that is not ok. */
    static String of(SegmentResult result) {
        Reason reason = Reason.ofCode(result.getStatus());
        if (reason == Reason.PaymentRefused) {
            return result.getDetail();
        }
        return WireTexts.of(reason).orElseGet(() -> ofTheNode(reason));
    }

    private static String ofTheNode(Reason reason) {
        return switch (reason) {
            case InsufficientBalance -> "Insufficient balance";
            case NoCapableWorker -> "no transcoders can provide requested capabilities";
            case WorkerUnavailable, WorkerCrashed -> "no transcoders available";
            case WorkerDraining -> "TranscoderStopped";
            case DeadlineExceeded -> TOO_LONG;
            default -> reason.name();
        };
    }
}
