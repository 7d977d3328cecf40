package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.util.List;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.Profile;

/** What a gateway expects a segment to cost, and how many tickets it sends for it. */
public final class GatewayEstimate {
    /** 1.02 as a binary double, which go-livepeer multiplies with ({@code server/rpc.go}). */
    private static final Fraction MARGIN =
            new Fraction(new BigInteger("2296835809958953"), new BigInteger("2251799813685248"));

    private static final long USUAL_FPS = 60;

    private GatewayEstimate() {}

    /** Pixels of a ladder: whole seconds of whole frame rates, both rounded up. */
    public static long pixels(List<Profile> profiles, long durationMs) {
        long seconds = roundedUp(durationMs, 1_000);
        long sum = 0;
        for (Profile profile : profiles) {
            long den = Math.max(1, profile.getFpsDen());
            long fps = profile.getFps() == 0 ? USUAL_FPS : roundedUp(profile.getFps(), den);
            long picture = Math.multiplyExact((long) profile.getWidth(), profile.getHeight());
            sum = Math.addExact(sum, Math.multiplyExact(Math.multiplyExact(picture, fps), seconds));
        }
        return sum;
    }

    private static long roundedUp(long number, long by) {
        return -Math.floorDiv(-number, by);
    }

    /** The fee, wei, with the gateway's margin. */
    public static Fraction fee(List<Profile> profiles, long durationMs, Fraction price) {
        return MARGIN.times(pixels(profiles, durationMs)).times(price);
    }

    /**
     * Tickets that lift a balance to what is needed.
     *
     * @param existing the balance, wei, may be below 0
     * @param needed wei
     * @param expectedValue of a ticket, wei, above 0
     */
    public static BigInteger tickets(Fraction existing, Fraction needed, Fraction expectedValue) {
        Fraction missing = needed.minus(existing);
        if (missing.signum() <= 0) {
            return BigInteger.ZERO;
        }
        Fraction exact = missing.over(expectedValue);
        BigInteger[] parts = exact.numerator().divideAndRemainder(exact.denominator());
        return parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    }
}
