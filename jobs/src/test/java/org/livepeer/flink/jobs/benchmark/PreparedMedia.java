package org.livepeer.flink.jobs.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;
import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;
import org.livepeer.flink.connectors.transcoder.engine.LibavEngine;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * A segment of two seconds of 720p, 800 KB of MPEG-TS, and what libav made of it.
 *
 * @param renditions one for each profile of the ladder
 */
record PreparedMedia(byte[] source, Transcoded renditions) {
    static final int SEGMENT_MS = 2_000;

    private static final int PACKET = 188;
    private static final int BYTES = 800_000 / PACKET * PACKET;

    /** What comes out is a little less than {@link #BYTES}. */
    private static final int BITRATE = 2_800_000;

    /** Makes some, one behind the other of a stream. */
    static List<PreparedMedia> make(int count, List<Profile> ladder, Path temp)
            throws TranscodeException {
        LibavEngine engine =
                new LibavEngine(new EngineSettings("superfast", 1, temp, EngineLimits.defaults()));
        SyntheticOptions options =
                new SyntheticOptions(
                        1280,
                        720,
                        30,
                        SEGMENT_MS,
                        VideoCodec.H264,
                        true,
                        BITRATE,
                        SyntheticOptions.Pixels.YUV420P);
        List<PreparedMedia> all = new ArrayList<>();
        try (SyntheticSource live = new SyntheticSource(options)) {
            for (int i = 0; i < count; i++) {
                byte[] source = filled(live.next().bytes());
                TranscodeJob job =
                        new TranscodeJob(
                                "prepared-" + i,
                                "prepared",
                                i,
                                new TranscodeJob.InMemory(source),
                                ladder,
                                null,
                                false,
                                0,
                                Duration.ofMinutes(1));
                all.add(new PreparedMedia(source, engine.transcode(job)));
            }
        }
        return all;
    }

    /** Brought to the size with null packets (ISO/IEC 13818-1, 2.4.3.3), as multiplexers do. */
    private static byte[] filled(byte[] media) {
        byte[] all = Arrays.copyOf(media, Math.max(media.length, BYTES));
        for (int at = media.length; at < all.length; at += PACKET) {
            Arrays.fill(all, at, at + PACKET, (byte) 0xff);
            all[at] = 0x47;
            all[at + 1] = 0x1f;
            all[at + 3] = 0x10;
        }
        return all;
    }

    int renditionBytes() {
        return renditions.renditions().stream().mapToInt(r -> r.getPayload().remaining()).sum();
    }
}
