package org.livepeer.flink.connectors.transcoder.engine;

/**
 * What one job may cost at most, whatever its media say.
 *
 * @param maxFramePixels most pixels of a source frame
 * @param maxDurationMs longest playing time of a segment in ms
 * @param maxDecodedFrames most frames decoded
 * @param runawayFactor encoded frames of a rendition may be this many times the decoded ones
 * @param maxOutputBytes most bytes of all renditions together
 */
public record EngineLimits(
        long maxFramePixels,
        long maxDurationMs,
        long maxDecodedFrames,
        int runawayFactor,
        long maxOutputBytes) {
    /** 8K frames, go-livepeer's 300 s and factor 25, 300 s at 120 fps, 192 MiB. */
    public static EngineLimits defaults() {
        return new EngineLimits(8192L * 4352, 300_000, 36_000, 25, 192L << 20);
    }
}
