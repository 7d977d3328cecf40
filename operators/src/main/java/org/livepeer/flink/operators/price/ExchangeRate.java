package org.livepeer.flink.operators.price;

import java.math.BigInteger;
import java.util.Locale;
import org.livepeer.flink.operators.money.Fraction;

/**
 * What a Chainlink aggregator says, exactly ({@code eth/pricefeed.go}, {@code
 * core/autoconvertedprice.go}).
 *
 * @param base the first currency of its description, such as ETH
 * @param quote the second, such as USD
 * @param price of one base in quote, above 0
 * @param round the aggregator's number of it
 * @param updatedAtMs aggregator's clock, ms since the epoch
 */
public record ExchangeRate(
        String base, String quote, Fraction price, BigInteger round, long updatedAtMs) {
    private static final String ETH = "ETH";
    private static final String CURRENCY = "[A-Za-z0-9.]{1,16}";
    private static final Fraction WEI_PER_ETH = Fraction.of(BigInteger.TEN.pow(18));

    public ExchangeRate {
        if (!base.matches(CURRENCY) || !quote.matches(CURRENCY)) {
            throw new IllegalArgumentException(
                    "the price feed's currencies '" + base + "' and '" + quote + "' are no names");
        }
        if (price.signum() <= 0) {
            throw new IllegalArgumentException(
                    "the price feed says " + price + " for " + base + "/" + quote + ", no rate");
        }
    }

    /**
     * Wei that one of a currency is worth.
     *
     * @throws IllegalArgumentException when the feed does not say that, in go-livepeer's words
     */
    public Fraction weiPer(String currency) {
        String first = base.toUpperCase(Locale.ROOT);
        String second = quote.toUpperCase(Locale.ROOT);
        String wanted = currency.toUpperCase(Locale.ROOT);
        String pair = " as a currency (" + first + "/" + second + ")";
        if (!first.equals(ETH) && !second.equals(ETH)) {
            throw new IllegalArgumentException("price feed does not have ETH" + pair);
        }
        if (!first.equals(wanted) && !second.equals(wanted)) {
            throw new IllegalArgumentException("price feed does not have " + wanted + pair);
        }
        return first.equals(ETH) ? WEI_PER_ETH.over(price) : WEI_PER_ETH.times(price);
    }

    /** Both currencies, as in ETH/USD. */
    public String pair() {
        return base + "/" + quote;
    }
}
