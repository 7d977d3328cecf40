package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;

/**
 * Face value and winning probability of new tickets ({@code pm/recipient.go}, faceValue and
 * winProb), so that their expected value is at least what the operator asks for.
 *
 * @param faceValue wei
 * @param winProb of 2^256 - 1
 */
public record TicketValue(BigInteger faceValue, BigInteger winProb) {
    static final TicketValue NONE = new TicketValue(BigInteger.ZERO, BigInteger.ZERO);

    /** So much more a ticket must be worth than its redemption costs. */
    private static final BigInteger TIMES_COST = BigInteger.valueOf(100);

    /** 3 gwei: what gas costs on a good day. */
    private static final BigInteger USUAL_GAS_PRICE = BigInteger.valueOf(3_000_000_000L);

    private static final int LOW_BITS = 64;

    /** The sender's funds do not cover a ticket that would be worth redeeming. */
    public static final class InsufficientReserve extends Exception {
        InsufficientReserve() {
            super("insufficient sender reserve");
        }
    }

    /**
     * What it depends on.
     *
     * @param expectedValue wei that a ticket must be worth on average, {@code -ticketEV}
     * @param redeemGas gas of a redemption
     * @param gasPrice wei
     * @param maxFloat wei that the sender's reserve covers, may be below 0
     * @param maxFaceValue wei, {@code -maxFaceValue}; 0 for none
     */
    public record Terms(
            BigInteger expectedValue,
            long redeemGas,
            BigInteger gasPrice,
            BigInteger maxFloat,
            BigInteger maxFaceValue) {
        BigInteger cost() {
            return gasPrice.multiply(BigInteger.valueOf(redeemGas));
        }
    }

    /**
     * Of a ticket for a price above 0.
     *
     * @throws InsufficientReserve when the sender's funds do not cover it
     */
    public static TicketValue of(Terms terms) throws InsufficientReserve {
        BigInteger wanted = terms.expectedValue();
        BigInteger faceValue = terms.cost().multiply(TIMES_COST);
        if (faceValue.compareTo(wanted) < 0) {
            faceValue = wanted.multiply(TIMES_COST);
        }
        faceValue = faceValue.min(terms.maxFloat());
        if (terms.maxFaceValue().signum() > 0) {
            faceValue = faceValue.min(terms.maxFaceValue());
        }
        BigInteger usualCost = USUAL_GAS_PRICE.multiply(BigInteger.valueOf(terms.redeemGas()));
        boolean costsMore =
                faceValue.compareTo(terms.cost()) < 0 && faceValue.compareTo(usualCost) < 0;
        if (faceValue.compareTo(wanted) < 0 || costsMore) {
            throw new InsufficientReserve();
        }
        return new TicketValue(faceValue, winProb(faceValue, wanted));
    }

    /** Rounded up as go-livepeer does, which looks at the low 64 bits of the remainder only. */
    static BigInteger winProb(BigInteger faceValue, BigInteger expectedValue) {
        if (faceValue.signum() == 0) {
            return BigInteger.ZERO;
        }
        if (faceValue.equals(expectedValue)) {
            return Words.MOST;
        }
        BigInteger[] parts = Words.MOST.divideAndRemainder(faceValue);
        BigInteger low = parts[1].and(BigInteger.ONE.shiftLeft(LOW_BITS).subtract(BigInteger.ONE));
        BigInteger each = low.signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
        return expectedValue.multiply(each);
    }
}
