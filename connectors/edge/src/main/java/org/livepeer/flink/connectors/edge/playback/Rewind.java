package org.livepeer.flink.connectors.edge.playback;

/**
 * Tells a stream that begins again at lower numbers from late and repeated segments. Believed are
 * two different numbers that go backwards and upwards again, after a silence in which nothing new
 * was published: a job that replays its last seconds repeats known segments only.
 */
final class Rewind {
    private static final int NEEDED = 2;
    private final long silenceMs;
    private long lastForwardMs;
    private long lastBackward = -1;
    private int evidence;

    Rewind(long silenceMs) {
        this.silenceMs = silenceMs;
    }

    /** A segment was published. */
    void forward(long atMs) {
        lastForwardMs = atMs;
        lastBackward = -1;
        evidence = 0;
    }

    /**
     * A number behind the published ones came.
     *
     * @param repeat whether it is in the window, and not its oldest
     * @return whether the stream begins anew with it
     */
    boolean startsAnew(long seq, boolean repeat, long atMs) {
        if (repeat && evidence == 0) {
            return false;
        }
        if (seq > lastBackward) {
            evidence++;
        }
        lastBackward = Math.max(lastBackward, seq);
        return evidence >= NEEDED && atMs - lastForwardMs >= silenceMs;
    }
}
