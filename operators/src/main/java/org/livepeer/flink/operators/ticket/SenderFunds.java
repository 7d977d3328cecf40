package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;

/**
 * A sender's funds at the broker contract as one recipient may count on them ({@code
 * pm/sendermonitor.go}); wei.
 *
 * @param deposit pays winning tickets first
 * @param reserveLeft of the reserve in this round
 * @param reserveClaimed by all recipients in this round
 * @param claimedByUs of that
 * @param poolSize active orchestrators, which share the reserve
 * @param pending face values of wins that are being redeemed
 */
public record SenderFunds(
        BigInteger deposit,
        BigInteger reserveLeft,
        BigInteger reserveClaimed,
        BigInteger claimedByUs,
        long poolSize,
        BigInteger pending) {
    private static final BigInteger DEPOSIT_COVERS = BigInteger.valueOf(3);

    /** Our part of the reserve that is left; below 0 when more was claimed than is ours now. */
    public BigInteger reserveAllocation() {
        if (poolSize == 0) {
            return BigInteger.ZERO;
        }
        return reserveLeft
                .add(reserveClaimed)
                .divide(BigInteger.valueOf(poolSize))
                .subtract(claimedByUs);
    }

    /**
     * Most that a ticket may pay: wins that are pending count unless the deposit covers them well.
     */
    public BigInteger maxFloat() {
        boolean covered =
                pending.signum() > 0 && deposit.divide(pending).compareTo(DEPOSIT_COVERS) >= 0;
        return covered ? reserveAllocation() : reserveAllocation().subtract(pending);
    }

    /** What is there for another redemption. */
    public BigInteger available() {
        return reserveAllocation().add(deposit).subtract(pending);
    }
}
