package org.livepeer.flink.operators.segment;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Coordinates;

/**
 * Media that Admit has read and Work will want, held in memory of the process that both run in, so
 * that it need not pass through Ledger and Assign. A cache: what is not here (the request went to
 * another process, waited too long, or the process is new) is read back from its place in {@code
 * segments}. Bounded by bytes; what is too old or too much goes when the next media come, the
 * oldest first. Thread-safe.
 */
public final class HeldMedia {
    private static final long MOST_BYTES =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);
    private static final long LONGEST_MS = 30_000;
    private static final HeldMedia HERE =
            new HeldMedia(MOST_BYTES, LONGEST_MS, System::currentTimeMillis);

    private final String process = UUID.randomUUID().toString();
    private final long mostBytes;
    private final long longestMs;
    private final LongSupplier clock;
    // Oldest first.
    private final Map<Place, Held> held = new LinkedHashMap<>();
    private long bytes;

    private record Place(String topic, int partition, long offset) {
        static Place of(Coordinates origin) {
            return new Place(origin.getTopic(), origin.getPartition(), origin.getOffset());
        }
    }

    private record Held(ByteBuffer media, long sinceMs) {}

    /**
     * @param mostBytes most media held at a time
     * @param longestMs what is older goes when the next media come
     * @param clock ms
     */
    HeldMedia(long mostBytes, long longestMs, LongSupplier clock) {
        this.mostBytes = mostBytes;
        this.longestMs = longestMs;
        this.clock = clock;
    }

    /** What this process holds: an eighth of its heap, at most 256 MB; while media come, 30 s. */
    public static HeldMedia here() {
        return HERE;
    }

    /** Name of this process, another one after each start. */
    public String process() {
        return process;
    }

    /** Holds the media of the push at a place; it must not change any more. */
    public synchronized void hold(Coordinates origin, ByteBuffer media) {
        long now = clock.getAsLong();
        drop(origin);
        held.put(Place.of(origin), new Held(media, now));
        bytes += media.remaining();
        var oldest = held.values().iterator();
        while (oldest.hasNext()) {
            Held next = oldest.next();
            if (bytes <= mostBytes && now - next.sinceMs() <= longestMs) {
                break;
            }
            bytes -= next.media().remaining();
            oldest.remove();
        }
    }

    /** The media of the push at a place; null when it is not held here. */
    public synchronized @Nullable ByteBuffer find(Coordinates origin) {
        Held found = held.get(Place.of(origin));
        return found == null ? null : found.media().duplicate();
    }

    /** Nobody here wants it any more. */
    public synchronized void drop(Coordinates origin) {
        Held gone = held.remove(Place.of(origin));
        if (gone != null) {
            bytes -= gone.media().remaining();
        }
    }
}
