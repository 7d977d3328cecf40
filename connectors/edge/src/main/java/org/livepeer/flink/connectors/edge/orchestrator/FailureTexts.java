package org.livepeer.flink.connectors.edge.orchestrator;

import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.SegmentResult;

/**
 * The job's reasons in go-livepeer's words. Gateways compare them: some end the try of a segment
 * (422 to who pushed it), every other makes them try another orchestrator.
 */
final class FailureTexts {
    private FailureTexts() {}

    /** The text for an answer that is not ok. */
    static String of(SegmentResult result) {
        Reason reason = Reason.ofCode(result.getStatus());
        return switch (reason) {
            case TranscoderInvalidVideo, EmptySegment -> "TranscoderInvalidVideo";
            case NoKeyFrame -> "No keyframes in input";
            case UnsupportedMedia -> "Unsupported input codec";
            case EncodedFramesRunaway -> "Encoded frames runaway";
            case QuarantinedInput -> "Unrecoverable state, restart process";
            case TooManyProfiles -> "Too many outputs";
            case InvalidProfile, UnknownProfile, InvalidClip, InvalidSeq -> "Invalid argument";
            case OrchestratorCapped -> "OrchestratorCapped";
            case OrchestratorBusy -> "OrchestratorBusy";
            case InsufficientBalance -> "Insufficient balance";
            case NoCapableWorker -> "no transcoders can provide requested capabilities";
            case WorkerUnavailable, WorkerCrashed -> "no transcoders available";
            case TranscoderBusy -> "TranscoderBusy";
            case WorkerDraining -> "TranscoderStopped";
            case DeadlineExceeded -> TOO_LONG;
            default -> reason.name();
        };
    }

    /** No answer came in time. */
    static final String TOO_LONG = "Remote transcoder took too long";
}
