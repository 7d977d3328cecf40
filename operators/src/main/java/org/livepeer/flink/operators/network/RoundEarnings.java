package org.livepeer.flink.operators.network;

import java.math.BigInteger;

/**
 * What a round brought an orchestrator and those who are bonded to it.
 *
 * @param isInitialized whether somebody began the round
 * @param stake smallest units of the token that earned in it; 0 when it was not active, or when
 *     neither reward nor fees came and it has changed since
 * @param isRewarded whether reward was called
 * @param reward smallest units of the token, without what the treasury got
 * @param fees wei that tickets paid
 * @param rewardCut parts of 1000000 of the reward that it kept
 * @param feeShare parts of 1000000 of the fees that it gave away
 */
public record RoundEarnings(
        BigInteger round,
        boolean isInitialized,
        BigInteger stake,
        boolean isRewarded,
        BigInteger reward,
        BigInteger fees,
        BigInteger rewardCut,
        BigInteger feeShare) {}
