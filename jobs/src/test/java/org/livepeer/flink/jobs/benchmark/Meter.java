package org.livepeer.flink.jobs.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * CPU time of the calling thread per transition: what one core does, whoever else wants it. The
 * wall time is kept beside it; it has the disk's waits and everybody else's work in it.
 */
final class Meter {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> wallMicros = new ArrayList<>();

    @FunctionalInterface
    interface Batch {
        void run() throws Exception;
    }

    void time(int transitions, Batch batch) throws Exception {
        long wall = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        batch.run();
        cpuMicros.add((THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / transitions);
        wallMicros.add((System.nanoTime() - wall) / 1e3 / transitions);
    }

    /** Median over the batches, microseconds of one core for each transition. */
    double cpu() {
        return median(cpuMicros);
    }

    double wall() {
        return median(wallMicros);
    }

    private static double median(List<Double> values) {
        return Stamps.quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
    }
}
