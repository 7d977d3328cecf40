package org.livepeer.flink.connectors.edge.playback;

/**
 * One rendition of one segment, kept for playback.
 *
 * @param start first video timestamp in ticks of 90 kHz, -1 when not known
 */
public record Piece(Picture picture, Content content, long start) {}
