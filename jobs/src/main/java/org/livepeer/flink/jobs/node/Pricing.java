package org.livepeer.flink.jobs.node;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.feed.PriceFeed;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.ExchangeRate;
import org.livepeer.flink.operators.price.Price;

/**
 * The prices of a node's flags.
 *
 * @param base of everybody for whom no other is set
 * @param others by scope of an order: a sender's account, a capability
 * @param feed where the rate is read; null for nowhere
 * @param rate as it was read at the start; null when no price needs one
 */
public record Pricing(
        Price base,
        Map<String, Price> others,
        @Nullable PriceFeed feed,
        @Nullable ExchangeRate rate) {
    /** Chainlink renews a rate once a day at least. */
    static final long STALE_MS = 25L * 3_600_000;

    /** Everybody pays that. */
    public static Pricing of(Price base) {
        return of(base, Map.of(), null, System.currentTimeMillis());
    }

    /**
     * Reads the rate when a price needs it.
     *
     * @throws IllegalArgumentException when a price cannot be converted, in go-livepeer's words
     * @throws IllegalStateException when the feed cannot be read
     */
    public static Pricing of(
            Price base, Map<String, Price> others, @Nullable PriceFeed feed, long nowMs) {
        boolean needsRate = base.needsRate() || others.values().stream().anyMatch(Price::needsRate);
        ExchangeRate rate = needsRate && feed != null ? feed.read() : null;
        if (rate != null && nowMs - rate.updatedAtMs() > STALE_MS) {
            throw new IllegalStateException(
                    "the price feed's rate of "
                            + rate.pair()
                            + " is "
                            + (nowMs - rate.updatedAtMs()) / 3_600_000
                            + " hours old: give the right -priceFeedAddr and -ethUrl, or a price in"
                            + " wei");
        }
        Pricing pricing = new Pricing(base, Map.copyOf(others), feed, rate);
        pricing.check();
        return pricing;
    }

    private void check() {
        convert("", base);
        others.forEach(this::convert);
    }

    private Fraction convert(String scope, Price price) {
        try {
            return price.wei(rate);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Error converting price"
                            + (scope.isEmpty() ? "" : " for " + scope)
                            + ": "
                            + e.getMessage()
                            + (feed == null && price.needsRate()
                                    ? "; give -priceFeedAddr 0xADDRESS and a -network"
                                    : ""),
                    e);
        }
    }

    /** Wei per pixel for everybody, at the rate of the start. */
    public Fraction baseWei() {
        return convert("", base);
    }
}
