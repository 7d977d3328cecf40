package org.livepeer.flink.connectors.storage;

import java.io.IOException;
import org.livepeer.flink.operators.Reason;

/**
 * The store refused: {@link Reason#InvalidReference}, {@link Reason#HashMismatch}, {@link
 * Reason#SegmentTooLarge} or, as {@link StoreFullException}, {@link Reason#StorageFull}. Any other
 * {@link IOException} of the store is a fault of the disk.
 */
public class StoreException extends IOException {
    private final Reason reason;

    public StoreException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The reason code that the refusal has on the wire. */
    public Reason reason() {
        return reason;
    }
}
