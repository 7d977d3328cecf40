package org.livepeer.flink.connectors.transcoder.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.engine.Decoded;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;
import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.engine.LibavEngine;
import org.livepeer.flink.schemas.OutputFormat;

class SegmentCutterTest {
    private static final SyntheticOptions HALF_SECONDS =
            SyntheticOptions.of(192, 108, 30).withSegmentMs(500);

    private static byte[] stream(int segments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Jobs.segments(HALF_SECONDS, segments).forEach(s -> all.writeBytes(s.bytes()));
        return all.toByteArray();
    }

    private static List<MediaSegment> cut(SegmentCutter cutter) {
        List<MediaSegment> segments = new ArrayList<>();
        try (cutter) {
            cutter.forEachRemaining(segments::add);
        }
        return segments;
    }

    @Test
    void makesAContinuousStream() throws Exception {
        // When
        List<MediaSegment> segments = Jobs.segments(HALF_SECONDS, 6);

        // Then
        List<Long> pts = new ArrayList<>();
        List<Long> audio = new ArrayList<>();
        for (MediaSegment segment : segments) {
            Decoded decoded = Decoded.of(segment.bytes());
            assertThat(segment.durationMs()).isEqualTo(500);
            assertThat(decoded.frames()).hasSize(15);
            assertThat(decoded.frames().get(0).key()).isTrue();
            decoded.frames().forEach(shot -> pts.add(shot.pts()));
            audio.addAll(decoded.audioPts());
        }
        for (int i = 1; i < pts.size(); i++) {
            assertThat(pts.get(i) - pts.get(i - 1)).isEqualTo(3000);
        }
        for (int i = 1; i < audio.size(); i++) {
            assertThat(audio.get(i) - audio.get(i - 1)).isEqualTo(1920);
        }
    }

    @Test
    void cutsAStreamOnKeyFramesAndLosesNothing() throws Exception {
        // When
        List<MediaSegment> segments =
                cut(SegmentCutter.open(new ByteArrayInputStream(stream(9)), Duration.ofSeconds(1)));

        // Then
        assertThat(segments).extracting(MediaSegment::seq).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(segments)
                .extracting(MediaSegment::durationMs)
                .containsExactly(1000L, 1000L, 1000L, 1000L, 500L);
        int frames = 0;
        for (MediaSegment segment : segments) {
            Decoded decoded = Decoded.of(segment.bytes());
            assertThat(decoded.frames().get(0).key()).isTrue();
            frames += decoded.frames().size();
        }
        assertThat(frames).isEqualTo(9 * 15);
    }

    @Test
    void cutsMp4(@TempDir Path dir) throws Exception {
        // Given
        LibavEngine engine =
                new LibavEngine(new EngineSettings("ultrafast", 1, dir, EngineLimits.defaults()));
        var profile =
                Jobs.profile(192, 108).setFps(30).setGopMs(500).setFormat(OutputFormat.MP4).build();
        var mp4 = engine.transcode(Jobs.job(stream(4), profile)).renditions().get(0);
        Path file = dir.resolve("film.mp4");
        Files.write(file, mp4.getPayload().array());

        // When
        List<MediaSegment> segments = cut(SegmentCutter.open(file, Duration.ofSeconds(1)));

        // Then
        assertThat(segments).hasSize(2);
        for (MediaSegment segment : segments) {
            Decoded decoded = Decoded.of(segment.bytes());
            assertThat(decoded.frames()).hasSize(30);
            assertThat(decoded.audioPts()).hasSizeGreaterThan(30);
        }
    }

    @Test
    void saysWhatIsWrongWithAnInput(@TempDir Path dir) {
        assertThatThrownBy(() -> SegmentCutter.open(dir.resolve("none.ts"), Duration.ofSeconds(2)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(
                        () ->
                                SegmentCutter.open(
                                        new ByteArrayInputStream(new byte[5000]),
                                        Duration.ofSeconds(2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot open the media");
    }
}
