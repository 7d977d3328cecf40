package org.livepeer.flink.connectors.transcoder.media;

import java.util.Locale;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * What a synthetic source looks like.
 *
 * @param width pixels, even, 16 to 4096
 * @param height pixels, even, 16 to 4096
 * @param fps frames per second, 1 to 120
 * @param segmentMs playing time of a segment in ms, at least one frame
 * @param codec H264 or H265
 * @param audio whether there is a sine tone as AAC
 * @param bitrate bits per second of video
 * @param pixels how colours are sampled and how deep they are
 */
public record SyntheticOptions(
        int width,
        int height,
        int fps,
        int segmentMs,
        VideoCodec codec,
        boolean audio,
        int bitrate,
        Pixels pixels) {
    /** Pixel formats that encoders of live video send; libav's names in lower case. */
    public enum Pixels {
        YUV420P,
        YUV422P,
        YUV444P,
        YUV420P10LE,
        YUV422P10LE,
        YUV444P10LE;

        /** As libav calls it. */
        public String libavName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public SyntheticOptions {
        if (width < 16 || height < 16 || width > 4096 || height > 4096) {
            throw new IllegalArgumentException(
                    "size " + width + "x" + height + ": each side must be 16 to 4096 pixels");
        }
        if (width % 2 != 0 || height % 2 != 0) {
            throw new IllegalArgumentException(
                    "size " + width + "x" + height + ": each side must be even");
        }
        if (fps < 1 || fps > 120) {
            throw new IllegalArgumentException("fps " + fps + ": must be 1 to 120");
        }
        if (segmentMs * (long) fps < 1000 || segmentMs > 300_000) {
            throw new IllegalArgumentException(
                    "segmentMs " + segmentMs + ": must be one frame to 300000 ms");
        }
        if (codec != VideoCodec.H264 && codec != VideoCodec.H265) {
            throw new IllegalArgumentException("codec " + codec + ": must be H264 or H265");
        }
        if (bitrate < 10_000) {
            throw new IllegalArgumentException("bitrate " + bitrate + ": must be at least 10000");
        }
    }

    /** H.264 with sound, segments of two seconds, a bitrate that fits the size. */
    public static SyntheticOptions of(int width, int height, int fps) {
        int bitrate = (int) Math.max(100_000L, (long) width * height * fps / 8);
        return new SyntheticOptions(
                width, height, fps, 2000, VideoCodec.H264, true, bitrate, Pixels.YUV420P);
    }

    public SyntheticOptions withSegmentMs(int ms) {
        return new SyntheticOptions(width, height, fps, ms, codec, audio, bitrate, pixels);
    }

    public SyntheticOptions withCodec(VideoCodec other) {
        return new SyntheticOptions(width, height, fps, segmentMs, other, audio, bitrate, pixels);
    }

    public SyntheticOptions withoutAudio() {
        return new SyntheticOptions(width, height, fps, segmentMs, codec, false, bitrate, pixels);
    }

    public SyntheticOptions withPixels(Pixels other) {
        return new SyntheticOptions(width, height, fps, segmentMs, codec, audio, bitrate, other);
    }
}
