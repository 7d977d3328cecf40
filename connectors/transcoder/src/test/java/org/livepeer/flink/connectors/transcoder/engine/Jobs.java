package org.livepeer.flink.connectors.transcoder.engine;

import java.time.Duration;
import java.util.List;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.schemas.Profile;

/** Media and jobs for tests. */
public final class Jobs {
    private Jobs() {}

    public static Profile.Builder profile(int width, int height) {
        return Profile.newBuilder()
                .setName("p" + width + "x" + height)
                .setWidth(width)
                .setHeight(height)
                .setBitrate(400_000);
    }

    public static TranscodeJob job(byte[] media, Profile... profiles) {
        return job("request", media, profiles);
    }

    public static TranscodeJob job(String requestId, byte[] media, Profile... profiles) {
        return new TranscodeJob(
                requestId,
                "session",
                0,
                new TranscodeJob.InMemory(media),
                List.of(profiles),
                null,
                false,
                0,
                Duration.ofSeconds(30));
    }

    /** The first segment of a synthetic source. */
    public static byte[] segment(SyntheticOptions options) {
        return segments(options, 1).get(0).bytes();
    }

    public static List<MediaSegment> segments(SyntheticOptions options, int count) {
        try (SyntheticSource source = new SyntheticSource(options)) {
            return java.util.stream.Stream.generate(source::next).limit(count).toList();
        }
    }
}
