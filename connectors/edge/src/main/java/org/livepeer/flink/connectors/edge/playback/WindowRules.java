package org.livepeer.flink.connectors.edge.playback;

import java.time.Duration;

/**
 * When a stream's segments are published, and how long they stay.
 *
 * @param length playing time that a playlist shows at least
 * @param segments segments that a playlist shows at least
 * @param gapAfter a missing segment or rendition is passed over when later ones waited so long
 * @param settle how long the first segment of a stream that is joined midway waits for earlier ones
 * @param restartAfter a stream that begins again at lower numbers is believed after such a silence
 * @param forgetAfter a stream without arrivals for so long is forgotten
 */
public record WindowRules(
        Duration length,
        int segments,
        Duration gapAfter,
        Duration settle,
        Duration restartAfter,
        Duration forgetAfter) {

    /**
     * 60 s, 6 segments, gaps after 5 s, 1 s to settle, restart after 10 s, forgotten after 5 min.
     */
    public static final WindowRules DEFAULT =
            new WindowRules(
                    Duration.ofSeconds(60),
                    6,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(5));

    /** Refuses a window that would show nothing. */
    public WindowRules {
        if (segments < 1 || length.isNegative()) {
            throw new IllegalArgumentException(
                    "a window needs at least one segment and a length of 0 or more");
        }
    }
}
