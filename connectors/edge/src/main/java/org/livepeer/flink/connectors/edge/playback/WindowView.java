package org.livepeer.flink.connectors.edge.playback;

import java.util.List;
import java.util.Map;

/**
 * What a stream's playlists show at one moment.
 *
 * @param segments in order, at least one
 * @param targetSeconds never smaller than any duration shown before, rounded
 * @param renditions every rendition that the segments have, with its latest picture
 */
public record WindowView(
        List<PublishedSegment> segments,
        int targetSeconds,
        Map<RenditionName, Picture> renditions) {}
