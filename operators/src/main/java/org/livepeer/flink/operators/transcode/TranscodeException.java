package org.livepeer.flink.operators.transcode;

import org.livepeer.flink.operators.Reason;

/** No rendition could be made; the reason says whether another try may help. */
public final class TranscodeException extends Exception {
    private final Reason reason;

    public TranscodeException(Reason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public TranscodeException(Reason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
