package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import org.livepeer.flink.operators.money.Fraction;

/**
 * The price that gateways are told: with what redeeming costs on top ({@code
 * core/orchestrator.go}).
 */
public final class AdjustedPrice {
    private static final BigInteger THOUSAND = BigInteger.valueOf(1_000);

    private AdjustedPrice() {}

    /**
     * price × (1 + cost of redeeming / face value), cut to a thousandth of a wei, reduced. Below
     * 0.001 wei per pixel it is 0.
     *
     * @param price wei per pixel
     * @param timesCost face value over the cost of redeeming; 0 adds nothing
     */
    public static Fraction of(Fraction price, Fraction timesCost) {
        Fraction whole =
                timesCost.isZero() || price.isZero() ? price : price.plus(price.over(timesCost));
        BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
        BigInteger thousandths =
                whole.numerator().multiply(THOUSAND).divide(whole.denominator()).min(most);
        return new Fraction(thousandths, THOUSAND);
    }

    /**
     * A price as it goes on the wire when nothing is put on it: as it is, or, when its terms are
     * too large for int64, cut to whole wei ({@code PriceInfoForCaps}).
     *
     * @throws IllegalArgumentException when it is more than int64 holds, in go-livepeer's words
     */
    public static Fraction unadjusted(Fraction price) {
        if (fits(price.numerator()) && fits(price.denominator())) {
            return price;
        }
        BigInteger whole = price.numerator().divide(price.denominator());
        if (!fits(whole)) {
            throw new IllegalArgumentException("price cannot be converted to int64");
        }
        return Fraction.of(whole);
    }

    private static boolean fits(BigInteger number) {
        return number.bitLength() < Long.SIZE;
    }
}
