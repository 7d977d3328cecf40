package org.livepeer.flink.operators.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.livepeer.flink.schemas.Rational;

/**
 * An exact fraction of wei or of wei per pixel, reduced, denominator above 0. Immutable.
 *
 * <p>Text form is {@code NUM} or {@code NUM/DEN}, in wei.
 */
public record Fraction(BigInteger numerator, BigInteger denominator)
        implements Comparable<Fraction> {
    public static final Fraction ZERO = new Fraction(BigInteger.ZERO, BigInteger.ONE);

    private static final Pattern DECIMAL = Pattern.compile("[+-]?\\d{1,80}\\.\\d{1,80}");

    public Fraction {
        if (denominator.signum() == 0) {
            throw new IllegalArgumentException("a price or an amount of wei cannot divide by 0");
        }
        if (denominator.signum() < 0) {
            numerator = numerator.negate();
            denominator = denominator.negate();
        }
        // Whole amounts, the usual ones, are reduced already.
        if (!denominator.equals(BigInteger.ONE)) {
            BigInteger gcd = numerator.gcd(denominator);
            numerator = numerator.divide(gcd);
            denominator = denominator.divide(gcd);
        }
    }

    public static Fraction of(long numerator) {
        return new Fraction(BigInteger.valueOf(numerator), BigInteger.ONE);
    }

    public static Fraction of(long numerator, long denominator) {
        return new Fraction(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    public static Fraction of(BigInteger numerator) {
        return new Fraction(numerator, BigInteger.ONE);
    }

    /**
     * Reads {@code NUM}, {@code NUM/DEN} or a decimal such as {@code 0.25}, with an optional sign.
     *
     * @throws IllegalArgumentException when the text is none of them
     */
    public static Fraction parse(String text) {
        int slash = text.indexOf('/');
        if (DECIMAL.matcher(text.trim()).matches()) {
            BigDecimal decimal = new BigDecimal(text.trim());
            return new Fraction(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
        }
        try {
            return slash < 0
                    ? of(new BigInteger(text.trim()))
                    : new Fraction(
                            new BigInteger(text.substring(0, slash).trim()),
                            new BigInteger(text.substring(slash + 1).trim()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no amount: write wei as NUM, NUM/DEN or NUM.NUM", e);
        }
    }

    public static Fraction of(Rational rational) {
        return new Fraction(integer(rational.getNumerator()), integer(rational.getDenominator()));
    }

    /** The form that travels and rests in state. */
    public Rational toRational() {
        return new Rational(
                ByteBuffer.wrap(numerator.toByteArray()),
                ByteBuffer.wrap(denominator.toByteArray()));
    }

    public Fraction plus(Fraction other) {
        return new Fraction(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    public Fraction minus(Fraction other) {
        return plus(other.negate());
    }

    public Fraction negate() {
        return new Fraction(numerator.negate(), denominator);
    }

    public Fraction times(Fraction other) {
        return new Fraction(
                numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    /**
     * This divided by another.
     *
     * @throws IllegalArgumentException when the other is 0
     */
    public Fraction over(Fraction other) {
        return new Fraction(
                numerator.multiply(other.denominator), denominator.multiply(other.numerator));
    }

    public Fraction times(long factor) {
        return new Fraction(numerator.multiply(BigInteger.valueOf(factor)), denominator);
    }

    /** The larger of two. */
    public Fraction max(Fraction other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** -1, 0 or 1. */
    public int signum() {
        return numerator.signum();
    }

    public boolean isZero() {
        return numerator.signum() == 0;
    }

    @Override
    public int compareTo(Fraction other) {
        return numerator
                .multiply(other.denominator)
                .compareTo(other.numerator.multiply(denominator));
    }

    @Override
    public String toString() {
        return denominator.equals(BigInteger.ONE)
                ? numerator.toString()
                : numerator + "/" + denominator;
    }

    private static BigInteger integer(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return new BigInteger(bytes);
    }
}
