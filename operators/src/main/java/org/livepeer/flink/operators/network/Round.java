package org.livepeer.flink.operators.network;

import java.math.BigInteger;

/**
 * The round that it is now.
 *
 * @param number counts on, initialized or not
 * @param isInitialized whether it was begun: before that nothing can be redeemed, bonded or
 *     rewarded in it
 * @param lastInitialized newest round that was
 * @param isLocked whether it is in its last part, in which shares stay as they are
 * @param startBlock L1 block with which it began
 * @param length L1 blocks
 * @param block newest block of the chain
 * @param l1Block the same, as an L1 block
 * @param blockAtMs chain's clock, ms since the epoch
 */
public record Round(
        BigInteger number,
        boolean isInitialized,
        BigInteger lastInitialized,
        boolean isLocked,
        long startBlock,
        long length,
        long block,
        long l1Block,
        long blockAtMs) {
    /** L1 blocks until the next one. */
    public long blocksLeft() {
        return startBlock + length - l1Block;
    }
}
