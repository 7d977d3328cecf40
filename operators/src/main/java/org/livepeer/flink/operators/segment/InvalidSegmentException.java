package org.livepeer.flink.operators.segment;

import org.livepeer.flink.operators.Reason;

/** A push that cannot be accepted, with its reason code and a sentence that says what to do. */
public final class InvalidSegmentException extends Exception {
    private final Reason reason;

    public InvalidSegmentException(Reason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
