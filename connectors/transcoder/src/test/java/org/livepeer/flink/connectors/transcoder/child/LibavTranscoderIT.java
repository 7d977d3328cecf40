package org.livepeer.flink.connectors.transcoder.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.engine.Decoded;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

class LibavTranscoderIT {
    private static final Profile PROFILE = Jobs.profile(160, 90).build();

    private static byte[] source;
    private static LibavTranscoder transcoder;

    @BeforeAll
    static void start(@TempDir Path dir) {
        source = Jobs.segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(500));
        transcoder =
                new LibavTranscoder(
                        LibavOptions.defaults(1, dir)
                                .withPreset("ultrafast")
                                .withChildMain(FaultyChildMain.class.getName()));
    }

    @AfterAll
    static void stop() {
        transcoder.close();
    }

    /** The source with something behind it: another content, so another suspect. */
    private static byte[] variant(int number) {
        byte[] padded = java.util.Arrays.copyOf(source, source.length + 188 * number);
        for (int i = 0; i < number; i++) {
            int at = source.length + 188 * i;
            padded[at] = 0x47;
            padded[at + 1] = 0x1f;
            padded[at + 2] = (byte) 0xff;
            padded[at + 3] = 0x10;
        }
        return padded;
    }

    private static Reason failure(TranscodeJob job) {
        return catchThrowableOfType(TranscodeException.class, () -> transcoder.transcode(job))
                .reason();
    }

    @Test
    void transcodesInAChild() throws Exception {
        // When
        Transcoded done = transcoder.transcode(Jobs.job("print", source, PROFILE));

        // Then
        Rendition rendition = done.renditions().get(0);
        byte[] bytes = new byte[rendition.getPayload().remaining()];
        rendition.getPayload().duplicate().get(bytes);
        assertThat(Decoded.of(bytes).pixels()).isEqualTo(rendition.getPixels());
        assertThat(done.decodedPixels()).isEqualTo(320L * 180 * 15);
    }

    @Test
    void quarantinesAnInputThatKilledTwoChildren() throws Exception {
        // Given
        byte[] poison = variant(1);

        // When
        Reason first = failure(Jobs.job("segv-1", poison, PROFILE));
        Transcoded between = transcoder.transcode(Jobs.job("good", source, PROFILE));
        Reason second = failure(Jobs.job("halt-2", poison, PROFILE));
        Reason third = failure(Jobs.job("good-3", poison, PROFILE));

        // Then
        assertThat(first).isEqualTo(Reason.WorkerCrashed);
        assertThat(between.renditions()).hasSize(1);
        assertThat(List.of(second, third)).containsOnly(Reason.QuarantinedInput);
    }

    @Test
    void doesNotBlameTheInputForAKillFromOutside() throws Exception {
        // Given
        TranscodeJob hanging = Jobs.job("hang", variant(2), PROFILE);
        long pid = transcoder.childPids().get(0);

        // When
        Thread killer =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(300);
                            } catch (InterruptedException e) {
                                return;
                            }
                            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                        });
        killer.start();
        Reason first = failure(hanging);

        // Then
        assertThat(first).isEqualTo(Reason.WorkerCrashed);
        assertThat(transcoder.transcode(Jobs.job("good", variant(2), PROFILE)).renditions())
                .hasSize(1);
        assertThat(transcoder.childPids()).doesNotContain(pid).hasSize(1);
    }

    @Test
    void endsAHangAfterTheDeadline() throws Exception {
        // Given
        TranscodeJob hanging =
                new TranscodeJob(
                        "hang",
                        "session",
                        0,
                        new TranscodeJob.InMemory(variant(3)),
                        List.of(PROFILE),
                        null,
                        false,
                        0,
                        Duration.ofMillis(200));

        // When
        Reason reason = failure(hanging);

        // Then
        assertThat(reason).isEqualTo(Reason.DeadlineExceeded);
        assertThat(transcoder.transcode(Jobs.job("good", source, PROFILE)).renditions()).hasSize(1);
    }

    @Test
    void givesTheJobUpWhenTheCallerDoes() throws Exception {
        // Given
        Thread caller = Thread.currentThread();
        Thread impatient =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(300);
                            } catch (InterruptedException e) {
                                return;
                            }
                            caller.interrupt();
                        });

        // When
        impatient.start();
        Throwable thrown =
                catchThrowableOfType(
                        InterruptedException.class,
                        () -> transcoder.transcode(Jobs.job("hang", variant(4), PROFILE)));

        // Then
        assertThat(thrown).isNotNull();
        assertThat(transcoder.transcode(Jobs.job("good", source, PROFILE)).renditions()).hasSize(1);
    }

    @Test
    void replacesAWornOutChild(@TempDir Path dir) throws Exception {
        // Given
        LibavOptions options = LibavOptions.defaults(1, dir).withJobsPerChild(1);
        try (LibavTranscoder shortLived = new LibavTranscoder(options)) {
            long before = shortLived.childPids().get(0);

            // When
            shortLived.transcode(Jobs.job(source, PROFILE));
            shortLived.transcode(Jobs.job(source, PROFILE));

            // Then
            assertThat(ProcessHandle.of(before).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    void findsWhatItCanDoByDoingIt(@TempDir Path dir) throws Exception {
        // Given
        try (LibavTranscoder real = new LibavTranscoder(LibavOptions.defaults(2, dir))) {
            // When
            EngineProbe probe = real.probe();

            // Then
            assertThat(probe.capabilities())
                    .containsExactly(
                            "decode:h264",
                            "decode:h264-yuv420p10le",
                            "decode:h264-yuv422p",
                            "decode:h264-yuv422p10le",
                            "decode:h264-yuv444p",
                            "decode:h264-yuv444p10le",
                            "decode:hevc",
                            "encode:h264",
                            "encode:h265",
                            "format:mp4",
                            "format:mpegts",
                            "perceptual-hash");
            assertThat(probe.pixelsPerSecond()).isGreaterThan(1_000_000);
            assertThat(real.childPids()).hasSize(2);
        }
    }
}
