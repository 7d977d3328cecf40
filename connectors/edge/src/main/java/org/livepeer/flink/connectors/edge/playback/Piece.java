package org.livepeer.flink.connectors.edge.playback;

/** One rendition of one segment, kept for playback. */
public record Piece(Picture picture, Content content) {}
