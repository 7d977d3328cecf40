package org.livepeer.flink.operators.ticket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fastest {@link Secp256k1} that this machine has. */
public final class Curves {
    private static final Logger LOG = LoggerFactory.getLogger(Curves.class);
    private static final Secp256k1 BEST = choose();

    private Curves() {}

    /** libsecp256k1 where it loads, Bouncy Castle elsewhere; both give the same answers. */
    public static Secp256k1 best() {
        return BEST;
    }

    private static Secp256k1 choose() {
        try {
            return new NativeCurve();
        } catch (LinkageError | RuntimeException e) {
            LOG.warn("signatures are checked in Java, four times slower cause={}", e.toString());
            return new BouncyCurve();
        }
    }
}
