package org.livepeer.flink.jobs.benchmark;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;

/** How many keys there are, which are touched, and how a measurement is told. */
final class Sizes {
    static final int WARM_BATCHES = Integer.getInteger("livepeer.benchmark.warm", 25);

    private Sizes() {}

    static int[] of() {
        return Arrays.stream(
                        System.getProperty("livepeer.benchmark.sizes", "1000,100000,1000000")
                                .split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** Uniform, or nine of ten from the hot hundredth. */
    static IntSupplier pick(Random random, int keys, boolean skewed) {
        int hot = Math.max(1, keys / 100);
        return () -> random.nextInt(skewed && random.nextInt(10) > 0 ? hot : keys);
    }

    static void report(
            String what, int keys, boolean skewed, Meter meter, Meter bare, double least) {
        System.out.printf(
                "benchmark: %s, %d keys, %s: %.1f us of one core each = %.0f transitions/s (wall"
                        + " %.1f us); %.2f x the cost of the first line; one ValueState beside it"
                        + " %.1f us, %.2f x its rate%n",
                what,
                keys,
                skewed ? "1 % hot" : "uniform",
                meter.cpu(),
                1e6 / meter.cpu(),
                meter.wall(),
                meter.cpu() / least,
                bare.cpu(),
                bare.cpu() / meter.cpu());
    }
}
