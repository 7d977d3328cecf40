package org.livepeer.flink.operators.network;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * Somebody as an orchestrator ({@code BondingManager.getTranscoder}); whoever never was one has
 * zeros.
 *
 * @param serviceUri where it says that it is reached; empty when it says nothing
 * @param delegatedStake smallest units of the token, its own with it
 * @param rewardCut parts of 1000000 of the rewards that it keeps, as last set
 * @param feeShare parts of 1000000 of the fees that it gives away, as last set
 * @param deactivationRound 2^256 - 1 for never
 * @param lastActiveStakeUpdateRound for which its stake was last written down
 * @param isActive in the round that it is now
 * @param isRegistered whether it is bonded to itself
 * @param rewardCaller who else may call reward for it (LIP-118); zeros for nobody, null where the
 *     contract does not know the question
 */
public record Orchestrator(
        EthAddress address,
        String serviceUri,
        BigInteger delegatedStake,
        BigInteger lastRewardRound,
        BigInteger rewardCut,
        BigInteger feeShare,
        BigInteger activationRound,
        BigInteger deactivationRound,
        BigInteger lastActiveStakeUpdateRound,
        boolean isActive,
        boolean isRegistered,
        @Nullable EthAddress rewardCaller) {}
