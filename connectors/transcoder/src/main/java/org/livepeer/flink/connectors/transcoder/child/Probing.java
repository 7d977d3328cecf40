package org.livepeer.flink.connectors.transcoder.child;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.TranscodeJob.InMemory;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what an engine can do by having it done. */
final class Probing {
    private static final Logger LOG = LoggerFactory.getLogger(Probing.class);
    private static final List<String> LADDER =
            List.of("P240p30fps16x9", "P360p30fps16x9", "P720p30fps16x9");

    private final LibavTranscoder transcoder;
    private final int slots;

    Probing(LibavTranscoder transcoder, int slots) {
        this.transcoder = transcoder;
        this.slots = slots;
    }

    EngineProbe run() throws InterruptedException {
        TreeSet<String> found = new TreeSet<>();
        byte[] h264 = synthesize(VideoCodec.H264, 320, 180, 200);
        if (h264.length > 0) {
            Profile small = Presets.of("P144p30fps16x9");
            tryOut(found, "decode:h264", h264, small, false);
            tryOut(found, "encode:h264", h264, small, false);
            tryOut(
                    found,
                    "format:mp4",
                    h264,
                    with(small, VideoCodec.H264, OutputFormat.MP4),
                    false);
            tryOut(
                    found,
                    "encode:h265",
                    h264,
                    with(small, VideoCodec.H265, OutputFormat.MPEGTS),
                    false);
            tryOut(found, "perceptual-hash", h264, small, true);
            byte[] hevc = synthesize(VideoCodec.H265, 320, 180, 200);
            if (hevc.length > 0) {
                tryOut(found, "decode:hevc", hevc, small, false);
            }
        }
        return new EngineProbe(List.copyOf(found), measure());
    }

    private byte[] synthesize(VideoCodec codec, int width, int height, int ms)
            throws InterruptedException {
        try {
            return transcoder.synthesize(width, height, 30, ms, codec);
        } catch (IOException | TranscodeException e) {
            LOG.warn("no test segment codec={} reason={}", codec, e.getMessage());
            return new byte[0];
        }
    }

    private void tryOut(
            TreeSet<String> found, String capability, byte[] media, Profile profile, boolean hash)
            throws InterruptedException {
        try {
            transcoder.transcode(job("probe-" + capability, media, List.of(profile), hash));
            found.add(capability);
        } catch (TranscodeException e) {
            LOG.info("cannot capability={} reason={}", capability, e.getMessage());
        }
    }

    /** Encoded pixels per second with every slot at work on a 720p source, warm. */
    private long measure() throws InterruptedException {
        byte[] source = synthesize(VideoCodec.H264, 1280, 720, 1_000);
        if (source.length == 0) {
            return 0;
        }
        List<Profile> ladder = new ArrayList<>();
        for (String name : LADDER) {
            ladder.add(Presets.of(name));
        }
        ExecutorService threads = Executors.newFixedThreadPool(slots);
        try {
            long started = System.nanoTime();
            List<Future<Transcoded>> running = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                TranscodeJob job = job("probe-capacity-" + i, source, ladder, false);
                running.add(threads.submit(() -> transcoder.transcode(job)));
            }
            long pixels = 0;
            for (Future<Transcoded> one : running) {
                pixels += one.get().encodedPixels();
            }
            long tookMs = Math.max(1, (System.nanoTime() - started) / 1_000_000);
            return pixels * 1_000 / tookMs;
        } catch (ExecutionException e) {
            LOG.warn("capacity not measured reason={}", String.valueOf(e.getCause()));
            return 0;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Profile with(Profile profile, VideoCodec codec, OutputFormat format) {
        return Profile.newBuilder(profile).setCodec(codec).setFormat(format).build();
    }

    private static TranscodeJob job(
            String id, byte[] media, List<Profile> profiles, boolean perceptualHash) {
        return new TranscodeJob(
                id,
                "probe",
                0,
                new InMemory(media),
                profiles,
                null,
                perceptualHash,
                0,
                Duration.ofSeconds(20));
    }
}
