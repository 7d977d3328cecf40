package org.livepeer.flink.jobs.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;

/** Something that takes 1 MB in over Kafka and gives 1 MB back over Kafka. */
interface Stack {
    String name();

    /** Sends one; does not wait. */
    void push(String manifest, long seq, byte[] media) throws Exception;

    /** Pushes at a rate and waits for every answer; the keys of all. */
    default List<String> round(long from, int count, int perSecond, List<byte[]> media)
            throws Exception {
        List<String> keys = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = begin + TimeUnit.SECONDS.toNanos(i) / perSecond;
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            String manifest = name() + "-" + i % 16;
            String key = Stamps.key(manifest, from + i);
            keys.add(key);
            Stamps.stamp(key, Point.PUSHED);
            push(manifest, from + i, media.get(i % media.size()));
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (String key : keys) {
            while (!Stamps.has(key, Point.SEEN)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(name() + ": no answer to " + key);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        return keys;
    }
}
