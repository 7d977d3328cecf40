package org.livepeer.flink.connectors.edge.playback;

import java.util.Map;

/**
 * A segment that players may know of.
 *
 * @param index media sequence number: counts up by one, also over gaps
 * @param seq the producer's number
 * @param durationMs playing time
 * @param discontinuity whether what came before does not run into it
 * @param discontinuities discontinuities up to and including this segment
 * @param pieces what is there of it
 */
public record PublishedSegment(
        long index,
        long seq,
        long durationMs,
        boolean discontinuity,
        long discontinuities,
        Map<RenditionName, Piece> pieces) {

    /** Bytes that the edge itself keeps for it. */
    long cachedBytes() {
        return pieces.values().stream()
                .map(Piece::content)
                .filter(Content.Cached.class::isInstance)
                .mapToLong(Content::length)
                .sum();
    }
}
