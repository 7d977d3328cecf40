package org.livepeer.flink.operators.price;

import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;

/**
 * What a pixel costs, as the operator said it.
 *
 * @param perPixel of the currency, 0 or more
 * @param currency "" and wei for wei, eth, or one that a feed knows; letters and digits
 */
public record Price(Fraction perPixel, String currency) {
    private static final Pattern PER_UNIT =
            Pattern.compile("(\\d{1,60}(?:\\.\\d{1,60}|/\\d{1,60})?)([A-Za-z][A-Za-z0-9]{0,15})?");
    private static final Fraction WEI_PER_ETH = Fraction.of(BigInteger.TEN.pow(18));

    public Price {
        if (perPixel.signum() < 0) {
            throw new IllegalArgumentException("a price must be 0 or more, not " + perPixel);
        }
        if (!currency.matches("[A-Za-z0-9]{0,16}")) {
            throw new IllegalArgumentException("'" + currency + "' is no currency");
        }
    }

    /**
     * Reads a number with an optional currency behind it, such as {@code 1200} or {@code
     * 0.0000000005USD} (go-livepeer {@code parsePricePerUnit}); also a fraction.
     *
     * @param flag names it in what is thrown
     * @param pixels that it pays for
     * @throws IllegalArgumentException when it is none, or negative
     */
    public static Price parse(String flag, String text, Fraction pixels) {
        Matcher parts = PER_UNIT.matcher(text.trim());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    flag
                            + " "
                            + text
                            + " must be 0 or more: a number with an optional currency, as 1200 or"
                            + " 0.0000000005USD");
        }
        if (pixels.signum() <= 0) {
            throw new IllegalArgumentException("-pixelsPerUnit " + pixels + " must be above 0");
        }
        String currency = parts.group(2);
        return new Price(
                Fraction.parse(String.valueOf(parts.group(1))).over(pixels),
                currency == null ? "wei" : currency);
    }

    /** Whether its wei depend on a rate. */
    public boolean needsRate() {
        return switch (currency.toLowerCase(Locale.ROOT)) {
            case "", "wei", "eth" -> false;
            default -> true;
        };
    }

    /**
     * Wei per pixel, exact.
     *
     * @param rate null when there is none
     * @throws IllegalArgumentException when it needs a rate that is not there, or is more than the
     *     wire's int64 holds; go-livepeer's words
     */
    public Fraction wei(@Nullable ExchangeRate rate) {
        Fraction wei;
        if (!needsRate()) {
            wei = currency.equalsIgnoreCase("eth") ? perPixel.times(WEI_PER_ETH) : perPixel;
        } else if (rate == null) {
            throw new IllegalArgumentException("PriceFeedWatcher is not initialized");
        } else {
            wei = perPixel.times(rate.weiPer(currency));
        }
        if (wei.numerator().divide(wei.denominator()).bitLength() > Long.SIZE - 1) {
            throw new IllegalArgumentException("price cannot be converted to int64");
        }
        return wei;
    }
}
