package org.livepeer.flink.connectors.transcoder.child;

import java.util.List;

/**
 * What an engine can do, found by doing it.
 *
 * @param capabilities sorted names such as {@code decode:h264}, {@code encode:h265}, {@code
 *     format:mp4}, {@code decode:h264-yuv422p10le}, {@code perceptual-hash}
 * @param pixelsPerSecond encoded pixels per second with all slots at work
 */
public record EngineProbe(List<String> capabilities, long pixelsPerSecond) {}
