package org.livepeer.flink.connectors.transcoder.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.connectors.transcoder.engine.Decoded;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

class FfmpegBinaryTranscoderIT {
    private static final Path FFMPEG = Path.of("/usr/bin/ffmpeg");

    @Test
    void makesWhatTheLibavEngineMakes(@TempDir Path dir) throws Exception {
        assumeTrue(Files.isExecutable(FFMPEG), "no ffmpeg in " + FFMPEG);
        byte[] source = Jobs.segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1000));
        try (LibavTranscoder libav = new LibavTranscoder(LibavOptions.defaults(1, dir))) {
            // Given
            Path temp = dir.resolve("jobs");
            var options = FfmpegBinaryOptions.software(FFMPEG, temp, "superfast");
            FfmpegBinaryTranscoder binary = new FfmpegBinaryTranscoder(options, libav);
            var passthrough = Jobs.profile(160, 90).setGopMs(500).build();
            var high =
                    Jobs.profile(320, 180)
                            .setFps(15)
                            .setProfile(EncoderProfile.H264_CONSTRAINED_HIGH)
                            .setFormat(OutputFormat.MP4)
                            .build();
            TranscodeJob job = Jobs.job(source, passthrough, high);

            // When
            Transcoded there = binary.transcode(job);
            Transcoded here = libav.transcode(job);

            // Then
            assertThat(there.decodedPixels()).isEqualTo(here.decodedPixels());
            for (int i = 0; i < 2; i++) {
                Rendition rendition = there.renditions().get(i);
                Rendition other = here.renditions().get(i);
                assertThat(rendition.getPixels()).isEqualTo(other.getPixels());
                Decoded decoded = Decoded.of(rendition.getPayload().array());
                Decoded expected = Decoded.of(bytes(other));
                assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
                assertThat(decoded.keyPackets()).isEqualTo(expected.keyPackets());
                assertThat(decoded.audioPts()).hasSameSizeAs(expected.audioPts());
                assertThat(rendition.getCodecs()).startsWith("avc1.").endsWith(",mp4a.40.2");
            }
            assertThat(Decoded.of(there.renditions().get(0).getPayload().array()).frames())
                    .extracting(Decoded.Shot::pts)
                    .isEqualTo(
                            Decoded.of(bytes(here.renditions().get(0))).frames().stream()
                                    .map(Decoded.Shot::pts)
                                    .toList());
            assertThat(temp).isEmptyDirectory();

            // And: clip, pixels, deadline, garbage
            TranscodeJob clipped = limited(source, new Clip(200L, 600L), 0, Duration.ofSeconds(20));
            assertThat(binary.transcode(clipped).renditions().get(0).getFrames())
                    .isBetween(11L, 13L);
            TranscodeJob few = limited(source, null, 1000, Duration.ofSeconds(20));
            assertThat(failure(binary, few)).isEqualTo(Reason.PixelLimitExceeded);
            byte[] playlist = "#EXTM3U\nhttp://127.0.0.1:1/x.ts\n".getBytes(StandardCharsets.UTF_8);
            assertThat(failure(binary, Jobs.job(playlist, passthrough)))
                    .isIn(Reason.UnsupportedMedia, Reason.TranscoderInvalidVideo);
        }
    }

    @Test
    void endsABinaryThatHangs(@TempDir Path dir) throws Exception {
        byte[] source = Jobs.segment(SyntheticOptions.of(64, 64, 10).withSegmentMs(500));
        Path hangs = dir.resolve("hangs");
        Files.writeString(hangs, "#!/bin/sh\nexec sleep 100\n");
        assertThat(hangs.toFile().setExecutable(true)).isTrue();
        try (LibavTranscoder libav = new LibavTranscoder(LibavOptions.defaults(1, dir))) {
            var options = FfmpegBinaryOptions.software(hangs, dir.resolve("jobs"), "superfast");
            FfmpegBinaryTranscoder binary = new FfmpegBinaryTranscoder(options, libav);
            assertThat(failure(binary, limited(source, null, 0, Duration.ofSeconds(2))))
                    .isEqualTo(Reason.DeadlineExceeded);
        }
    }

    @Test
    void refusesABinaryThatIsNotThere(@TempDir Path dir) {
        Path none = dir.resolve("none");
        assertThatThrownBy(() -> FfmpegBinaryOptions.software(none, dir, "superfast"))
                .hasMessageContaining(none.toString());
    }

    private static TranscodeJob limited(
            byte[] media,
            @org.jspecify.annotations.Nullable Clip clip,
            long maxPixels,
            Duration deadline) {
        return new TranscodeJob(
                "limited",
                "session",
                0,
                new TranscodeJob.InMemory(media),
                List.of(Jobs.profile(160, 90).build()),
                clip,
                false,
                maxPixels,
                deadline);
    }

    private static Reason failure(FfmpegBinaryTranscoder binary, TranscodeJob job) {
        TranscodeException thrown =
                catchThrowableOfType(TranscodeException.class, () -> binary.transcode(job));
        assertThat(thrown).as("a failure").isNotNull();
        return thrown.reason();
    }

    private static byte[] bytes(Rendition rendition) {
        byte[] bytes = new byte[rendition.getPayload().remaining()];
        rendition.getPayload().duplicate().get(bytes);
        return bytes;
    }
}
