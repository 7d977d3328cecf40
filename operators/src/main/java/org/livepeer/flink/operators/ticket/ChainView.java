package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * What is known of the chain when parameters are made or a payment arrives.
 *
 * @param l1Block newest L1 block seen
 * @param round newest round that was initialized
 * @param roundBlockHash 32 bytes, of that round's L1 block; zeros where Arbitrum has none
 * @param previousRoundBlockHash 32 bytes, of the round before
 * @param gasPrice wei
 */
public record ChainView(
        BigInteger l1Block,
        long round,
        byte[] roundBlockHash,
        byte[] previousRoundBlockHash,
        BigInteger gasPrice) {
    private boolean hasHash() {
        return !Arrays.equals(roundBlockHash, new byte[roundBlockHash.length]);
    }

    /** Round that new tickets name: one back when the newest has no block hash. */
    long creationRound() {
        return hasHash() ? round : round - 1;
    }

    /** 32 bytes. */
    byte[] creationRoundBlockHash() {
        return hasHash() ? roundBlockHash : previousRoundBlockHash;
    }
}
