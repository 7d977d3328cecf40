package org.livepeer.flink.connectors.transcoder.engine;

import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Size of a rendition: the larger dimension asked for lies along the larger side of the source, the
 * other follows from the source's aspect, both even and within what the encoder takes.
 *
 * @param width pixels
 * @param height pixels
 */
public record RenditionSize(int width, int height) {
    /** What an encoder takes, as lpms has it. */
    private record Bounds(int minWidth, int minHeight, int max) {
        static Bounds of(VideoCodec codec) {
            return codec == VideoCodec.H265 ? new Bounds(132, 40, 8192) : new Bounds(146, 50, 4096);
        }
    }

    /**
     * @param sourceWidth pixels, at least 1
     * @param sourceHeight pixels, at least 1
     * @throws TranscodeException UnsupportedMedia when no size of the source's aspect fits
     */
    public static RenditionSize of(
            int sourceWidth, int sourceHeight, int width, int height, VideoCodec codec)
            throws TranscodeException {
        Bounds bounds = Bounds.of(codec);
        int larger = Math.min(bounds.max, Math.max(width, height)) & ~1;
        long w;
        long h;
        if (sourceWidth >= sourceHeight) {
            w = larger;
            h = even(w, sourceHeight, sourceWidth);
        } else {
            h = larger;
            w = even(h, sourceWidth, sourceHeight);
        }
        if (w < bounds.minWidth) {
            w = bounds.minWidth;
            h = even(w, sourceHeight, sourceWidth);
        }
        if (h < bounds.minHeight) {
            h = bounds.minHeight;
            w = even(h, sourceWidth, sourceHeight);
        }
        if (w > bounds.max || h > bounds.max || w < bounds.minWidth) {
            throw new TranscodeException(
                    Reason.UnsupportedMedia,
                    "a source of "
                            + sourceWidth
                            + "x"
                            + sourceHeight
                            + " cannot become "
                            + width
                            + "x"
                            + height
                            + " and keep its aspect: it would be "
                            + w
                            + "x"
                            + h);
        }
        return new RenditionSize((int) w, (int) h);
    }

    /** The nearest even number to length * numerator / denominator. */
    private static long even(long length, long numerator, long denominator) {
        return (length * numerator + denominator) / (2 * denominator) * 2;
    }

    long pixels() {
        return (long) width * height;
    }
}
