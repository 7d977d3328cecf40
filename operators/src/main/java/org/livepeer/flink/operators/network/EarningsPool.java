package org.livepeer.flink.operators.network;

import java.math.BigInteger;

/**
 * An orchestrator's round ({@code BondingManager.getTranscoderEarningsPoolForRound}).
 *
 * @param totalStake smallest units of the token that earn in it
 * @param rewardCut parts of 1000000; 0 before reward or fees came in it
 * @param feeShare parts of 1000000; 0 before reward or fees came in it
 * @param cumulativeRewardFactor parts of 10^27; 0 when not written in it
 * @param cumulativeFeeFactor parts of 10^27; 0 when not written in it
 */
public record EarningsPool(
        BigInteger totalStake,
        BigInteger rewardCut,
        BigInteger feeShare,
        BigInteger cumulativeRewardFactor,
        BigInteger cumulativeFeeFactor) {}
