package org.livepeer.flink.connectors.transcoder.child;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.VideoCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what the children can do by letting them do it. */
final class EngineProber {
    private static final Logger LOG = LoggerFactory.getLogger(EngineProber.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final SyntheticOptions SMALL =
            SyntheticOptions.of(192, 108, 10).withSegmentMs(500);
    private static final SyntheticOptions LARGE =
            SyntheticOptions.of(1280, 720, 30).withSegmentMs(1000);

    private final LibavTranscoder transcoder;
    private final int slots;
    private final Set<String> capabilities = new TreeSet<>();

    EngineProber(LibavTranscoder transcoder, int slots) {
        this.transcoder = transcoder;
        this.slots = slots;
    }

    EngineProbe probe() throws InterruptedException {
        byte[] small = source(SMALL);
        attempt(small, profile().build(), "decode:h264", "encode:h264", "format:mpegts");
        attempt(small, profile().setFormat(OutputFormat.MP4).build(), "format:mp4");
        attempt(small, profile().setCodec(VideoCodec.H265).build(), "encode:h265");
        attempt(source(SMALL.withCodec(VideoCodec.H265)), profile().build(), "decode:hevc");
        for (SyntheticOptions.Pixels pixels : SyntheticOptions.Pixels.values()) {
            if (pixels != SyntheticOptions.Pixels.YUV420P) {
                attempt(
                        source(SMALL.withPixels(pixels)),
                        profile().build(),
                        "decode:h264-" + pixels.libavName());
            }
        }
        return new EngineProbe(List.copyOf(capabilities), capacity());
    }

    /** Whether the engine still does the least that every worker must. */
    boolean works() throws InterruptedException {
        attempt(source(SMALL), profile().build(), "encode:h264");
        return capabilities.contains("encode:h264");
    }

    private byte[] source(SyntheticOptions options) throws InterruptedException {
        try {
            return transcoder.synthesize(options, PATIENCE);
        } catch (TranscodeException e) {
            LOG.warn("no test media options={} cause={}", options, e.getMessage());
            return new byte[0];
        }
    }

    private static Profile.Builder profile() {
        return Profile.newBuilder()
                .setName("probe")
                .setWidth(192)
                .setHeight(108)
                .setBitrate(200_000);
    }

    private void attempt(byte[] media, Profile profile, String... found)
            throws InterruptedException {
        try {
            Transcoded done = transcoder.transcode(job(media, true, List.of(profile)));
            Rendition rendition = done.renditions().get(0);
            if (rendition.getFrames() > 0) {
                capabilities.addAll(List.of(found));
            }
            if (rendition.getPerceptualHash() != null) {
                capabilities.add("perceptual-hash");
            }
        } catch (TranscodeException e) {
            LOG.info("not available capability={} cause={}", found, e.getMessage());
        }
    }

    private static TranscodeJob job(byte[] media, boolean hash, List<Profile> profiles) {
        TranscodeJob.Media inMemory = new TranscodeJob.InMemory(media);
        return new TranscodeJob("probe", "probe", 0, inMemory, profiles, null, hash, 0, PATIENCE);
    }

    /** Encoded pixels per second with every slot at work on a usual ladder. */
    private long capacity() throws InterruptedException {
        byte[] media = source(LARGE);
        List<Profile> ladder =
                List.of(
                        rung(1280, 720, 3_000_000),
                        rung(640, 360, 1_000_000),
                        rung(426, 240, 600_000));
        ExecutorService threads = Executors.newFixedThreadPool(slots);
        try {
            run(threads, job(media, false, ladder));
            long start = System.nanoTime();
            long pixels = run(threads, job(media, false, ladder));
            long nanos = Math.max(1, System.nanoTime() - start);
            return (long) (pixels * 1e9 / nanos);
        } finally {
            threads.shutdownNow();
        }
    }

    private long run(ExecutorService threads, TranscodeJob job) throws InterruptedException {
        List<Future<Transcoded>> answers = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            answers.add(threads.submit(() -> transcoder.transcode(job)));
        }
        long pixels = 0;
        for (Future<Transcoded> answer : answers) {
            try {
                pixels += answer.get().encodedPixels();
            } catch (ExecutionException e) {
                LOG.warn("capacity is measured too low cause={}", String.valueOf(e.getCause()));
            }
        }
        return pixels;
    }

    private static Profile rung(int width, int height, int bitrate) {
        return profile()
                .setName(width + "x" + height)
                .setWidth(width)
                .setHeight(height)
                .setBitrate(bitrate)
                .build();
    }
}
