package org.livepeer.flink.connectors.ethereum.settle;

import java.io.IOException;

/** A node answers what cannot be: another one is asked next. */
final class NonsenseException extends IOException {
    private static final long serialVersionUID = 1L;

    NonsenseException(String message) {
        super(message);
    }
}
