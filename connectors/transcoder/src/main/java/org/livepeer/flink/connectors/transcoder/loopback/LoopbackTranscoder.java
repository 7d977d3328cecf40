package org.livepeer.flink.connectors.transcoder.loopback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.TranscodeJob.InFile;
import org.livepeer.flink.operators.transcode.TranscodeJob.InMemory;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

/**
 * Answers each profile with the source's bytes and with the pixels that a real engine would have
 * encoded. Measures everything around the engine.
 */
public final class LoopbackTranscoder implements Transcoder {
    private final Duration delay;
    private final Duration playingTime;

    /** Answers at once; every rendition counts one frame. */
    public LoopbackTranscoder() {
        this(Duration.ZERO, Duration.ZERO);
    }

    /**
     * @param delay how long each job takes
     * @param playingTime playing time that every segment is taken to have: a rendition has fps *
     *     playingTime frames (those of the clip when one is asked for), at least 1
     */
    public LoopbackTranscoder(Duration delay, Duration playingTime) {
        this.delay = delay;
        this.playingTime = playingTime;
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay.toMillis());
        }
        byte[] media = bytes(job);
        List<Rendition> renditions = new ArrayList<>();
        long total = 0;
        long largest = 0;
        for (Profile profile : job.profiles()) {
            long frames = frames(profile, job);
            long pixels = frames * profile.getWidth() * profile.getHeight();
            total += pixels;
            largest = Math.max(largest, pixels);
            renditions.add(
                    Rendition.newBuilder()
                            .setName(profile.getName())
                            .setWidth(profile.getWidth())
                            .setHeight(profile.getHeight())
                            .setFrames(frames)
                            .setPixels(pixels)
                            .setBitrate(profile.getBitrate())
                            .setFormat(profile.getFormat())
                            .setPayload(ByteBuffer.wrap(media))
                            .build());
        }
        if (job.maxPixels() > 0 && total > job.maxPixels()) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    total + " pixels to encode, " + job.maxPixels() + " are allowed");
        }
        return new Transcoded(renditions, largest);
    }

    @Override
    public void close() {}

    private long frames(Profile profile, TranscodeJob job) {
        long ms =
                job.clip() == null
                        ? playingTime.toMillis()
                        : job.clip().getToMs() - job.clip().getFromMs();
        return Math.max(1, profile.getFps() * ms / (1000L * Math.max(1, profile.getFpsDen())));
    }

    private static byte[] bytes(TranscodeJob job) throws TranscodeException {
        if (job.media() instanceof InMemory memory) {
            return memory.bytes();
        }
        try {
            return Files.readAllBytes(((InFile) job.media()).path());
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "cannot read the media's file", e);
        }
    }
}
