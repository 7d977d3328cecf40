package org.livepeer.flink.operators;

/**
 * Why a record was rejected or its work failed. The name is the reason code everywhere: on the wire
 * ({@code livepeer-status}, {@code SegmentResult.status}), in events and as metric label. Names
 * that go-livepeer also has are go-livepeer's.
 */
public enum Reason {
    /** No record of the expected schema, or damaged. */
    UndecodableRecord(false),
    /** A signed record without the cluster's MAC, or with a wrong one. */
    BadMac(false),
    InvalidManifest(false),
    InvalidSeq(false),
    InvalidDuration(false),
    InvalidDeadline(false),
    InvalidClip(false),
    /** A preset or profile text that is not known. */
    UnknownProfile(false),
    /** A profile outside the limits: size, bitrate, frame rate, name. */
    InvalidProfile(false),
    TooManyProfiles(false),
    EmptySegment(false),
    SegmentTooLarge(false),
    HashMismatch(false),
    /** A store reference that the store did not give out, or whose object is gone. */
    InvalidReference(false),
    /** The push names a sender that the operator did not bind to its manifest. */
    SenderNotBound(false),

    /** The payment that came with it was refused; the detail is the text for the payer. */
    PaymentRefused(false),
    /** The payment that came with it has paid for another purchase. */
    PaymentUsed(false),

    /** The account cannot pay for the segment. Goes on when credit arrives. */
    InsufficientBalance(false),

    /** No worker has room for another session. */
    OrchestratorCapped(false),
    /** The session's worker is behind and its few waiting places are taken. */
    OrchestratorBusy(false),
    /** No worker is there that can do what the ladder asks for. */
    NoCapableWorker(false),

    /** The worker cannot be reached or went away. */
    WorkerUnavailable(true),
    /** The worker's transcoding process died. */
    WorkerCrashed(true),
    /** The worker's queue is full. */
    TranscoderBusy(true),
    /** The worker stops and takes no more work. */
    WorkerDraining(true),
    /** The worker's disk is full. */
    StorageFull(true),
    /** Asked for the kept result only, and it is not kept. */
    NotKept(true),
    /** Not done within the segment's deadline. */
    DeadlineExceeded(true),
    /** The worker refused the caller. */
    Unauthenticated(true),
    /** A fault of ours; the detail names it. */
    InternalError(true),

    /** No video that can be decoded in the media. */
    TranscoderInvalidVideo(false),
    NoKeyFrame(false),
    /** A container or codec that is not accepted. */
    UnsupportedMedia(false),
    /** The encoder made more than 25 times the frames it was given. */
    EncodedFramesRunaway(false),
    /** The media plays longer or is larger than was declared and paid for. */
    PixelLimitExceeded(false),
    /** The input killed two transcoding processes. */
    QuarantinedInput(false),
    /** No receipt came in time: the reservation was given back. */
    ReceiptLost(false);

    private final boolean retryable;

    Reason(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether another worker, or a later try, may succeed with the same input. */
    public boolean retryable() {
        return retryable;
    }

    /** The reason of a code that came over the wire; InternalError when it is unknown. */
    public static Reason ofCode(String code) {
        try {
            return valueOf(code);
        } catch (IllegalArgumentException e) {
            return InternalError;
        }
    }
}
