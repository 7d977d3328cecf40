package org.livepeer.flink.operators.network;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the network has agreed on. What an older contract does not know is null.
 *
 * @param mostActive orchestrators in the active set
 * @param roundLength L1 blocks
 * @param roundLockAmount parts of 1000000 of a round, at its end, in which shares stay as they are
 * @param unbondingPeriod rounds
 * @param inflation parts of 1000000000 of the supply that a round mints
 * @param inflationChange parts of 1000000000 by which that moves each round
 * @param targetBondingRate parts of 1000000000 of the supply that should be bonded
 * @param totalBonded smallest units of the token
 * @param totalSupply smallest units of the token, on L1 and L2 together
 * @param isPaused whether nothing can be changed
 * @param ticketValidityPeriod rounds, counted from the one that a ticket names
 * @param unlockPeriod rounds until a gateway's funds are free
 * @param mintable smallest units of the token that this round mints, if all call reward
 * @param treasuryRewardCutRate parts of 10^27 of the rewards that the treasury gets
 * @param treasuryBalanceCeiling smallest units of the token above which it gets none
 */
public record Parameters(
        BigInteger mostActive,
        BigInteger roundLength,
        BigInteger roundLockAmount,
        BigInteger unbondingPeriod,
        BigInteger inflation,
        BigInteger inflationChange,
        BigInteger targetBondingRate,
        BigInteger totalBonded,
        BigInteger totalSupply,
        boolean isPaused,
        BigInteger ticketValidityPeriod,
        BigInteger unlockPeriod,
        BigInteger mintable,
        @Nullable BigInteger treasuryRewardCutRate,
        @Nullable BigInteger treasuryBalanceCeiling) {}
