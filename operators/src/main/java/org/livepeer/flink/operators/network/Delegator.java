package org.livepeer.flink.operators.network;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * Somebody as a delegator ({@code BondingManager.getDelegator}); amounts in the token's smallest
 * unit, fees in wei.
 *
 * @param bonded stake when earnings were last claimed
 * @param fees that were claimed and not withdrawn
 * @param delegate whom it is bonded to; zeros for nobody
 * @param delegatedAmount that is bonded to it by everybody
 * @param startRound from which on it is bonded
 * @param nextUnbondingLockId how many times it has unbonded
 * @param pendingStake with the rewards that are not claimed yet; null where the contract does not
 *     say
 * @param pendingFees with those that are not claimed yet; null where the contract does not say
 */
public record Delegator(
        EthAddress address,
        BigInteger bonded,
        BigInteger fees,
        EthAddress delegate,
        BigInteger delegatedAmount,
        BigInteger startRound,
        BigInteger lastClaimRound,
        BigInteger nextUnbondingLockId,
        @Nullable BigInteger pendingStake,
        @Nullable BigInteger pendingFees,
        Status status) {

    /** BondingManager's {@code DelegatorStatus}, in its order. */
    public enum Status {
        PENDING("Pending"),
        BONDED("Bonded"),
        UNBONDED("Unbonded");

        private final String text;

        Status(String text) {
            this.text = text;
        }

        /** As go-livepeer writes it. */
        public String text() {
            return text;
        }

        /** All of them, in the contract's order. */
        public static final List<Status> ALL = List.of(values());
    }

    /**
     * Stake that was unbonded and not taken out yet.
     *
     * @param id from 0
     * @param amount smallest units of the token
     * @param withdrawRound from which on it can be taken out
     */
    public record UnbondingLock(long id, BigInteger amount, BigInteger withdrawRound) {}
}
