package org.livepeer.flink.connectors.transcoder.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does one thing several times at once. */
public final class Concurrently {
    private Concurrently() {}

    /** What is done; it is given its number. */
    @FunctionalInterface
    public interface Action {
        void run(int number) throws Exception;
    }

    /** Returns when all have ended; fails with the first failure. */
    public static void run(int times, Action action) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                int number = i;
                done.add(
                        threads.submit(
                                () -> {
                                    action.run(number);
                                    return null;
                                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
