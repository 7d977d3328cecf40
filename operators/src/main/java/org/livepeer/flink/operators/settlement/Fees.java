package org.livepeer.flink.operators.settlement;

import java.math.BigInteger;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.SignedTransaction;

/**
 * What a transaction offers for a unit of gas; wei.
 *
 * @param most with the base fee that is burned
 * @param tip of that, for whoever makes the block
 */
record Fees(BigInteger most, BigInteger tip) {
    private static final BigInteger EIGHT = BigInteger.valueOf(8);
    private static final BigInteger NINE = BigInteger.valueOf(9);

    /** Twice the base fee: six full blocks may pass before it is not enough. */
    static Fees now(Standing chain, BigInteger limit) {
        BigInteger tip = chain.gasPrice().subtract(chain.baseFee()).max(BigInteger.ZERO);
        BigInteger most = chain.baseFee().shiftLeft(1).add(tip);
        BigInteger capped = limit.signum() > 0 ? most.min(limit) : most;
        return new Fees(capped, tip.min(capped));
    }

    /** An eighth more than before, which is more than nodes ask of one that replaces another. */
    static Fees more(SignedTransaction before, Fees now) {
        return new Fees(
                more(Bytes.number(before.getMaxFeePerGas())).max(now.most()),
                more(Bytes.number(before.getMaxPriorityFeePerGas())).max(now.tip()));
    }

    private static BigInteger more(BigInteger wei) {
        return wei.multiply(NINE).divide(EIGHT).add(BigInteger.ONE);
    }

    /** wei that the account must hold. */
    BigInteger cost(long gas) {
        return most.multiply(BigInteger.valueOf(gas));
    }
}
