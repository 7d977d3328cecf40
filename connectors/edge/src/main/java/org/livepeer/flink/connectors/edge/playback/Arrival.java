package org.livepeer.flink.connectors.edge.playback;

/** An answer about a segment, as it came from a topic: at least once, in any order. */
public sealed interface Arrival {

    ManifestId manifest();

    /** Number of the segment in its stream, 0 or more. */
    long seq();

    /**
     * One rendition of a segment.
     *
     * @param durationMs playing time, greater than 0
     * @param siblings renditions that the segment has in all; 0 when not known
     */
    record RenditionArrived(
            ManifestId manifest,
            long seq,
            RenditionName rendition,
            Picture picture,
            long durationMs,
            int siblings,
            Content content)
            implements Arrival {}

    /**
     * A segment that was rejected or failed.
     *
     * @param reason reason code
     */
    record SegmentFailed(ManifestId manifest, long seq, String reason) implements Arrival {}
}
