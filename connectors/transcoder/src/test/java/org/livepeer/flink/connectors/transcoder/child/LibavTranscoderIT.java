package org.livepeer.flink.connectors.transcoder.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.TranscodeJob.InMemory;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.VideoCodec;

/** Real child processes that crash, hang and are killed. */
class LibavTranscoderIT {
    @TempDir Path folder;
    private LibavTranscoder transcoder;
    private byte[] source;

    @BeforeEach
    void start() throws Exception {
        System.setProperty(Faults.PROPERTY, "true");
        transcoder =
                new LibavTranscoder(
                        LibavOptions.defaults(1, folder)
                                .withPreset("ultrafast")
                                .withNativeCacheDir(Path.of("target", "native").toAbsolutePath()));
        source = transcoder.synthesize(320, 180, 30, 500, VideoCodec.H264);
    }

    @AfterEach
    void stop() {
        transcoder.close();
        System.clearProperty(Faults.PROPERTY);
    }

    private Transcoded transcode(String id, byte[] media, Duration deadline) throws Exception {
        return transcoder.transcode(
                new TranscodeJob(
                        id,
                        "s",
                        0,
                        new InMemory(media),
                        List.of(Presets.byName("P144p30fps16x9")),
                        null,
                        false,
                        0,
                        deadline));
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TranscodeException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void aCrashCostsThatAttemptOnlyAndTheSecondOneQuarantinesTheInput() throws Exception {
        byte[] deadly = source.clone();
        deadly[100] ^= 1;

        fails(Reason.WorkerCrashed, () -> transcode("crash-1", deadly, Duration.ofSeconds(20)));
        assertThat(transcode("fine", source, Duration.ofSeconds(20)).renditions()).hasSize(1);
        fails(Reason.QuarantinedInput, () -> transcode("crash-2", deadly, Duration.ofSeconds(20)));
        fails(Reason.QuarantinedInput, () -> transcode("again", deadly, Duration.ofSeconds(20)));

        assertThat(transcode("fine", source, Duration.ofSeconds(20)).encodedPixels())
                .isEqualTo(15L * 256 * 144);
    }

    @Test
    void aHangIsEndedAfterItsDeadline() throws Exception {
        fails(Reason.DeadlineExceeded, () -> transcode("hang", source, Duration.ofMillis(300)));

        assertThat(transcode("fine", source, Duration.ofSeconds(20)).renditions()).hasSize(1);
    }

    @Test
    void aChildThatIsKilledIsReplaced() throws Exception {
        long pid = transcoder.childPids().get(0);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());

        assertThat(transcode("fine", source, Duration.ofSeconds(20)).renditions()).hasSize(1);
        assertThat(transcoder.childPids()).doesNotContain(pid).hasSize(1);
    }

    @Test
    void garbageIsAnAnswerNotADeath() throws Exception {
        long pid = transcoder.childPids().get(0);
        for (byte[] media : List.of(new byte[] {1, 2, 3}, new byte[100_000], new byte[0])) {
            assertThatThrownBy(() -> transcode("bad", media, Duration.ofSeconds(20)))
                    .isInstanceOfSatisfying(
                            TranscodeException.class,
                            e -> assertThat(e.reason().retryable()).isFalse());
        }
        assertThat(transcoder.childPids()).containsExactly(pid);
    }

    @Test
    void findsItsCapabilitiesAndCapacityByTranscoding() throws Exception {
        EngineProbe probe = transcoder.probe();

        assertThat(probe.capabilities())
                .contains(
                        "decode:h264",
                        "decode:hevc",
                        "encode:h264",
                        "encode:h265",
                        "format:mp4",
                        "perceptual-hash");
        assertThat(probe.pixelsPerSecond()).isPositive();
    }
}
