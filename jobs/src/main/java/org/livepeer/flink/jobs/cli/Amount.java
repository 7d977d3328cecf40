package org.livepeer.flink.jobs.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** Amounts as people write them: digits in the smallest unit, or a number with its unit. */
final class Amount {
    private static final Map<String, Integer> UNITS =
            Map.of("wei", 0, "gwei", 9, "eth", 18, "lpt", 18);

    private Amount() {}

    /**
     * In the smallest unit: {@code 1.5eth} is 1500000000000000000.
     *
     * @param counted in ETH or LPT; empty for either
     * @throws IllegalArgumentException when it is none, no whole number of that, or something else
     */
    static String parse(String text, String counted) {
        String lower = text.toLowerCase(Locale.ROOT).replace(" ", "");
        String unit = lower.replaceFirst("^[0-9.]+", "");
        Integer digits = unit.isEmpty() ? Integer.valueOf(0) : UNITS.get(unit);
        String number = lower.substring(0, lower.length() - unit.length());
        if (digits == null || !number.matches("\\d{1,60}(\\.\\d{1,30})?")) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no amount: give digits, or a number with wei, gwei, eth or lpt");
        }
        if (counted.equals("LPT") && (unit.endsWith("wei") || unit.equals("eth"))) {
            throw new IllegalArgumentException(
                    "'" + text + "' must be LPT: give digits or a number with lpt");
        }
        if (counted.equals("ETH") && unit.equals("lpt")) {
            throw new IllegalArgumentException("'" + text + "' must be ether: eth, gwei or wei");
        }
        try {
            return new BigDecimal(number).movePointRight(digits).toBigIntegerExact().toString();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number of the smallest unit", e);
        }
    }
}
