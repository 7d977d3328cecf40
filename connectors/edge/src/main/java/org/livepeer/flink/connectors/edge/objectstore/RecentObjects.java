package org.livepeer.flink.connectors.edge.objectstore;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which objects were just written, and with what: a segment that is pushed again has the same ones.
 * Thread-safe.
 */
final class RecentObjects {
    /** Results of a segment are kept for one. */
    private static final long KEEP_MS = 120_000;

    private static final int MOST = 20_000;

    private final LongSupplier clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    RecentObjects() {
        this(() -> System.nanoTime() / 1_000_000);
    }

    /**
     * @param clock ms since whenever
     */
    RecentObjects(LongSupplier clock) {
        this.clock = clock;
    }

    private record Entry(ByteBuffer hash, long atMs) {}

    /** Whether that key was written with these bytes last. */
    synchronized boolean has(String key, ByteBuffer hash) {
        Entry entry = entries.get(key);
        return entry != null
                && clock.getAsLong() - entry.atMs() <= KEEP_MS
                && entry.hash().equals(hash);
    }

    synchronized void add(String key, ByteBuffer hash) {
        long now = clock.getAsLong();
        entries.remove(key);
        entries.put(key, new Entry(hash, now));
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()
                && (now - oldest.next().atMs() > KEEP_MS || entries.size() > MOST)) {
            oldest.remove();
        }
    }

    /** That key is being written: nobody knows what it has until that is done. */
    synchronized void forget(String key) {
        entries.remove(key);
    }
}
