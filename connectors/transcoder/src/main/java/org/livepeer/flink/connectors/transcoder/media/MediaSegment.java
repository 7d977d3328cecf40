package org.livepeer.flink.connectors.transcoder.media;

/**
 * One MPEG-TS segment that begins with a key frame.
 *
 * @param seq number in its stream, from 0
 * @param durationMs playing time in ms, at least 1
 * @param bytes the MPEG-TS bytes
 */
public record MediaSegment(long seq, long durationMs, byte[] bytes) {}
