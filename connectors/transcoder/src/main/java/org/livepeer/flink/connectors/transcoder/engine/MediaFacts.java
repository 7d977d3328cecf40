package org.livepeer.flink.connectors.transcoder.engine;

/**
 * What is in a container, found by decoding all of it.
 *
 * @param width pixels of the first frame
 * @param height pixels of the first frame
 * @param frames decoded frames
 * @param pixels sum of width times height over the decoded frames
 * @param startMicros time stamp of the first frame in microseconds
 * @param codecs RFC 6381 codec string, empty when it cannot be told
 */
public record MediaFacts(
        int width, int height, long frames, long pixels, long startMicros, String codecs) {}
