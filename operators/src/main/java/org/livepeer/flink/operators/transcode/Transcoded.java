package org.livepeer.flink.operators.transcode;

import java.util.List;
import org.livepeer.flink.schemas.Rendition;

/**
 * The renditions of a segment.
 *
 * @param renditions in the order of the profiles, payload inline
 * @param decodedPixels sum of width times height over the decoded frames
 */
public record Transcoded(List<Rendition> renditions, long decodedPixels) {
    /** Pixels to be paid for: encoded frames times size, over all renditions. */
    public long encodedPixels() {
        return renditions.stream().mapToLong(Rendition::getPixels).sum();
    }
}
