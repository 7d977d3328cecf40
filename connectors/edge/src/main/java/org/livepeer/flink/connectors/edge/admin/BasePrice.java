package org.livepeer.flink.connectors.edge.admin;

import com.linecorp.armeria.common.QueryParams;
import java.util.Locale;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.Price;

/**
 * A price as go-livepeer's routes take it.
 *
 * @param sender its address in lower case, or {@code default}
 */
record BasePrice(String sender, Price price) {
    private static final String SENDER = "0x[0-9a-fA-F]{40}|default";
    private static final String NUMBER = "[+-]?\\d{1,30}(\\.\\d{1,30}|/\\d{1,30})?";

    /**
     * Reads {@code pricePerUnit}, {@code pixelsPerUnit} and {@code currency}.
     *
     * @throws IllegalArgumentException when it is none, in go-livepeer's words
     */
    static BasePrice of(String sender, QueryParams params) {
        String price = params.get("pricePerUnit", "");
        String pixels = params.get("pixelsPerUnit", "");
        String currency = params.get("currency", "");
        if (!sender.matches(SENDER)) {
            throw new IllegalArgumentException(
                    "broadcasterEthAddr is not a valid eth address, provided " + sender);
        }
        if (!price.matches(NUMBER)) {
            throw new IllegalArgumentException("error parsing pricePerUnit value: " + price);
        }
        Fraction wei = Fraction.parse(price);
        if (wei.signum() < 0) {
            throw new IllegalArgumentException(
                    "price unit must be greater than or equal to 0, provided " + price);
        }
        if (!pixels.matches(NUMBER)) {
            throw new IllegalArgumentException("error parsing pixelsPerUnit value: " + pixels);
        }
        Fraction unit = Fraction.parse(pixels);
        if (unit.signum() <= 0) {
            throw new IllegalArgumentException(
                    "pixels per unit must be greater than 0, provided " + pixels);
        }
        Price perPixel;
        try {
            perPixel = new Price(wei.over(unit), currency);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error converting price: " + e.getMessage(), e);
        }
        return new BasePrice(sender.toLowerCase(Locale.ROOT), perPixel);
    }

    /**
     * Orders it.
     *
     * @throws IllegalArgumentException when its currency cannot be converted, in go-livepeer's
     *     words
     */
    void order(NodeView node) {
        try {
            node.setPrice(sender, price);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error converting price: " + e.getMessage(), e);
        }
    }
}
