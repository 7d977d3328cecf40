package org.livepeer.flink.connectors.transcoder.engine;

import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** What a running job has used, held against what it may use. */
final class JobGuard {
    private final EngineLimits limits;
    private final long maxPixels;
    private final long deadlineNanos;
    private long pixels;
    private long bytes;

    /**
     * @param maxPixels most encoded pixels, 0 for no limit
     * @param deadlineNanos System.nanoTime() at which to stop
     */
    JobGuard(EngineLimits limits, long maxPixels, long deadlineNanos) {
        this.limits = limits;
        this.maxPixels = maxPixels;
        this.deadlineNanos = deadlineNanos;
    }

    /** Between packets and frames: stop when the time is up or the caller is gone. */
    void checkTime() throws TranscodeException {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new TranscodeException(
                    Reason.DeadlineExceeded, "not transcoded before the deadline");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new TranscodeException(Reason.DeadlineExceeded, "the job was cancelled");
        }
    }

    /** One more frame is about to be encoded. */
    void encoding(long framePixels, long renditionFrames, long decodedFrames)
            throws TranscodeException {
        checkTime();
        if (renditionFrames > limits.runawayFactor() * Math.max(1, decodedFrames)) {
            throw new TranscodeException(
                    Reason.EncodedFramesRunaway,
                    renditionFrames
                            + " frames to encode from "
                            + decodedFrames
                            + " decoded ones: the time stamps have a gap");
        }
        pixels += framePixels;
        if (maxPixels > 0 && pixels > maxPixels) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    "more than the " + maxPixels + " pixels that the declared duration allows for");
        }
    }

    /** That many bytes are about to be written. */
    void writing(long count) throws TranscodeException {
        bytes += count;
        if (bytes > limits.maxOutputBytes()) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    "the renditions are larger than " + limits.maxOutputBytes() + " bytes");
        }
    }

    /** A frame was decoded, so many ms after the first. */
    void decoded(long frames, long sinceFirstMs) throws TranscodeException {
        checkTime();
        if (frames > limits.maxDecodedFrames()) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    "more than " + limits.maxDecodedFrames() + " frames in one segment");
        }
        duration(sinceFirstMs);
    }

    /** Playing time in ms, as told or as seen. */
    void duration(long ms) throws TranscodeException {
        if (ms > limits.maxDurationMs()) {
            throw new TranscodeException(
                    Reason.InvalidDuration,
                    "the media plays "
                            + ms
                            + " ms, at most "
                            + limits.maxDurationMs()
                            + " are accepted");
        }
    }
}
