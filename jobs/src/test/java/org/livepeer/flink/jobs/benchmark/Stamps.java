package org.livepeer.flink.jobs.benchmark;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When each record passed each point; one JVM runs all parts, so one clock stamps them. */
final class Stamps {
    enum Point {
        PUSHED,
        APPENDED,
        CALLED,
        ASKED,
        ENGINE,
        MADE,
        POSTED,
        RECEIVED,
        ANSWERED,
        RECORDED,
        SEEN
    }

    private static final Map<String, long[]> NANOS = new ConcurrentHashMap<>();

    private Stamps() {}

    static String key(String manifest, long seq) {
        return manifest + "#" + seq;
    }

    static void stamp(String key, Point point) {
        stamp(key, point, System.nanoTime());
    }

    /** Says when that was, in the time of {@link System#nanoTime()}. */
    static void stamp(String key, Point point, long nanos) {
        NANOS.computeIfAbsent(key, k -> new long[Point.values().length])[point.ordinal()] = nanos;
    }

    static boolean has(String key, Point point) {
        long[] nanos = NANOS.get(key);
        return nanos != null && nanos[point.ordinal()] != 0;
    }

    /** Milliseconds between two points; not a number when one was not passed. */
    static double ms(String key, Point from, Point to) {
        long[] nanos = NANOS.get(key);
        long begin = nanos == null ? 0 : nanos[from.ordinal()];
        long end = nanos == null ? 0 : nanos[to.ordinal()];
        return begin == 0 || end == 0 ? Double.NaN : (end - begin) / 1e6;
    }

    /** The value below which a part of the values is. */
    static double quantile(double[] values, double part) {
        double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }
}
