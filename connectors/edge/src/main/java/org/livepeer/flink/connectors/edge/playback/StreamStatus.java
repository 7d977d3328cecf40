package org.livepeer.flink.connectors.edge.playback;

import java.util.Optional;

/**
 * A stream at one moment.
 *
 * @param manifest its name
 * @param window what its playlists show; nothing before the first segment can be played
 * @param counts what happened so far
 * @param lastArrivalMs when its last answer came, ms since the epoch
 */
public record StreamStatus(
        ManifestId manifest,
        Optional<WindowView> window,
        StreamTally.Counts counts,
        long lastArrivalMs) {}
