package org.livepeer.flink.connectors.storage;

import org.livepeer.flink.operators.Reason;

/** The disk is full, or down to the space that is kept free: nothing was stored. */
public final class StoreFullException extends StoreException {
    public StoreFullException(String message) {
        super(Reason.StorageFull, message);
    }

    public StoreFullException(String message, Throwable cause) {
        super(Reason.StorageFull, message, cause);
    }
}
