package org.livepeer.flink.connectors.edge.playback;

/** Counts of one stream since it was first seen. */
public final class StreamTally {
    private long lastArrivalMs;
    private long published;
    private long failed;
    private long skipped;
    private long repeated;
    private long late;
    private long lastSeq = -1;
    private String lastStatus = "";

    void arrived(long atMs) {
        lastArrivalMs = Math.max(lastArrivalMs, atMs);
    }

    void ok() {
        lastStatus = "ok";
    }

    void failed(String reason) {
        failed++;
        lastStatus = reason;
    }

    void skipped(long segments) {
        skipped += segments;
    }

    void late(boolean repeat) {
        if (repeat) {
            repeated++;
        } else {
            late++;
        }
    }

    void published(PublishedSegment segment) {
        published++;
        lastSeq = segment.seq();
    }

    long lastArrivalMs() {
        return lastArrivalMs;
    }

    /** The counts so far. */
    Counts counts() {
        return new Counts(published, failed, skipped, late, repeated, lastSeq, lastStatus);
    }

    /**
     * Counts of a stream.
     *
     * @param published segments that can be or could be played
     * @param failed segments answered with a reason
     * @param skipped numbers passed over, failed ones included
     * @param late renditions that came after their segment was passed over
     * @param repeated renditions that came more than once
     * @param lastSeq last published number, -1 before the first
     * @param lastStatus status of the last answer, empty before the first
     */
    public record Counts(
            long published,
            long failed,
            long skipped,
            long late,
            long repeated,
            long lastSeq,
            String lastStatus) {}
}
