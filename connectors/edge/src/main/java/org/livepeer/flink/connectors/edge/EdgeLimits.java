package org.livepeer.flink.connectors.edge;

import java.time.Duration;
import org.livepeer.flink.connectors.edge.playback.WindowRules;

/**
 * Sizes and times that an edge keeps to.
 *
 * @param window rules of the playback window
 * @param cacheBytes most bytes of media kept on disk over all streams
 * @param streams most streams kept; the longest idle goes first
 * @param lookBack how far before its start an edge reads the answers
 * @param uploadBytes most bytes of one upload
 * @param uploads most uploads at a time
 * @param uploadStall an upload ends when no byte came for so long
 * @param uploadTime an upload ends when it took so long in all
 */
public record EdgeLimits(
        WindowRules window,
        long cacheBytes,
        int streams,
        Duration lookBack,
        long uploadBytes,
        int uploads,
        Duration uploadStall,
        Duration uploadTime) {

    /** 60 s windows, 1 GiB of media, 1000 streams, 2 minutes back, 300 MB per upload. */
    public static final EdgeLimits DEFAULT =
            new EdgeLimits(
                    WindowRules.DEFAULT,
                    1L << 30,
                    1000,
                    Duration.ofMinutes(2),
                    300_000_000L,
                    8,
                    Duration.ofSeconds(15),
                    Duration.ofMinutes(10));

    /** Refuses limits that would keep nothing. */
    public EdgeLimits {
        if (cacheBytes < 1 || streams < 1 || uploadBytes < 1 || uploads < 1) {
            throw new IllegalArgumentException(
                    "cacheBytes, streams, uploadBytes and uploads must be 1 or more");
        }
    }

    /** The same with other upload limits. */
    public EdgeLimits withUploads(long bytes, int atATime, Duration stallAfter, Duration endAfter) {
        return new EdgeLimits(
                window, cacheBytes, streams, lookBack, bytes, atATime, stallAfter, endAfter);
    }

    /** The same with other window rules. */
    public EdgeLimits withWindow(WindowRules rules) {
        return new EdgeLimits(
                rules,
                cacheBytes,
                streams,
                lookBack,
                uploadBytes,
                uploads,
                uploadStall,
                uploadTime);
    }
}
