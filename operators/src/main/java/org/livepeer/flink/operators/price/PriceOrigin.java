package org.livepeer.flink.operators.price;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;

/**
 * How the wei of a price order came to be. Travels as the id of its command, which every version of
 * every process keeps and tells as it is: {@code price;BY;WHY;AMOUNT;CURRENCY}, with a rate {@code
 * ;BASE;QUOTE;RATE;ROUND;UPDATED}, and last something that no other order has.
 *
 * @param by who set the price
 * @param why what made this order
 * @param price as it was set
 * @param rate it was converted with; null when its currency needs none
 */
public record PriceOrigin(By by, Why why, Price price, @Nullable ExchangeRate rate) {
    private static final String MARK = "price";
    private static final int WITHOUT_RATE = 6;
    private static final int WITH_RATE = 11;

    /** Who set a price. */
    public enum By {
        /** A flag of a node. */
        OPTION,
        /** A route of the admin port. */
        ROUTE
    }

    /** What makes an order. */
    public enum Why {
        /** The price was set. */
        SET,
        /** The feed's rate moved. */
        RATE
    }

    /**
     * The id of a command.
     *
     * @param unique letters and digits
     */
    public String commandId(String unique) {
        StringBuilder id = new StringBuilder(MARK);
        ExchangeRate at = rate;
        add(id, by.name().toLowerCase(Locale.ROOT));
        add(id, why.name().toLowerCase(Locale.ROOT));
        add(id, price.perPixel().toString());
        add(id, price.currency());
        if (at != null) {
            add(id, at.base());
            add(id, at.quote());
            add(id, at.price().toString());
            add(id, at.round().toString());
            add(id, Long.toString(at.updatedAtMs()));
        }
        add(id, unique);
        return id.toString();
    }

    private static void add(StringBuilder id, String part) {
        id.append(';').append(part);
    }

    /** Out of a command's id; empty when it says nothing of the kind. */
    public static Optional<PriceOrigin> of(String commandId) {
        String[] parts = commandId.split(";", -1);
        boolean hasRate = parts.length == WITH_RATE;
        if (!parts[0].equals(MARK) || !(hasRate || parts.length == WITHOUT_RATE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new PriceOrigin(
                            By.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                            Why.valueOf(parts[2].toUpperCase(Locale.ROOT)),
                            new Price(Fraction.parse(parts[3]), parts[4]),
                            hasRate
                                    ? new ExchangeRate(
                                            parts[5],
                                            parts[6],
                                            Fraction.parse(parts[7]),
                                            new BigInteger(parts[8]),
                                            Long.parseLong(parts[9]))
                                    : null));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Its numbers, for an event. */
    public void tell(Map<String, String> numbers) {
        numbers.put("by", by.name().toLowerCase(Locale.ROOT));
        numbers.put("amount", price.perPixel().toString());
        numbers.put("currency", price.currency());
        ExchangeRate at = rate;
        if (at != null) {
            numbers.put("rate", at.price().toString());
            numbers.put("pair", at.pair());
            numbers.put("feedRound", at.round().toString());
            numbers.put("feedUpdatedAtMs", Long.toString(at.updatedAtMs()));
        }
    }
}
