package org.livepeer.flink.connectors.transcoder.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.VideoCodec;

class LibavEngineTest {
    private static final SyntheticOptions SOURCE =
            SyntheticOptions.of(320, 180, 30).withSegmentMs(2000);
    private static List<MediaSegment> segments = List.of();
    private static byte[] source = {};

    private Path temp = Path.of("");
    private LibavEngine engine = engine("ultrafast");

    @BeforeAll
    static void makeSource() {
        segments = Jobs.segments(SOURCE, 2);
        source = segments.get(0).bytes();
    }

    @BeforeEach
    void open(@TempDir Path dir) {
        temp = dir;
        engine = engine("ultrafast");
    }

    private LibavEngine engine(String preset) {
        return new LibavEngine(new EngineSettings(preset, 1, temp, EngineLimits.defaults()));
    }

    private static byte[] bytes(Rendition rendition) {
        ByteBuffer payload = rendition.getPayload().duplicate();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    private Rendition one(Profile.Builder profile) throws Exception {
        return engine.transcode(Jobs.job(source, profile.build())).renditions().get(0);
    }

    private Decoded decoded(Profile.Builder profile) throws Exception {
        return Decoded.of(bytes(one(profile)));
    }

    @Test
    void countsWhatIsReallyInTheFile() throws Exception {
        // Given
        Profile small = Jobs.profile(160, 90).build();
        Profile slow = Jobs.profile(320, 180).setFps(15).build();

        // When
        Transcoded done = engine.transcode(Jobs.job(source, small, slow));

        // Then
        assertThat(done.decodedPixels()).isEqualTo(320L * 180 * 60);
        assertThat(done.renditions()).extracting(Rendition::getFrames).isEqualTo(List.of(60L, 30L));
        for (Rendition rendition : done.renditions()) {
            Decoded decoded = Decoded.of(bytes(rendition));
            assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
            assertThat(decoded.frames()).hasSize((int) rendition.getFrames());
            assertThat(rendition.getCodecs()).matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2");
        }
        assertThat(temp).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"15, 0, 30", "60, 0, 120", "30000, 1001, 60", "0, 0, 60"})
    void setsTheFrameRate(int fps, int fpsDen, int frames) throws Exception {
        assertThat(decoded(Jobs.profile(160, 90).setFps(fps).setFpsDen(fpsDen)).frames())
                .hasSize(frames);
    }

    @ParameterizedTest
    @CsvSource({"30, 500, 4", "30, 1000, 2", "0, 500, 4", "0, -1, 60", "30, -1, 60", "30, 0, 1"})
    void setsTheKeyFrameDistance(int fps, long gopMs, int keys) throws Exception {
        // Quiet pictures: no key frames but those asked for.
        assertThat(decoded(Jobs.profile(160, 90).setFps(fps).setGopMs(gopMs)).keyPackets())
                .isEqualTo(keys);
    }

    @ParameterizedTest
    @CsvSource({
        "H264_BASELINE, 66, false",
        "H264_MAIN, 77, true",
        "H264_HIGH, 100, true",
        "H264_CONSTRAINED_HIGH, 100, false",
    })
    void holdsTheEncoderToItsProfile(EncoderProfile profile, int number, boolean bFrames)
            throws Exception {
        // Given
        engine = engine("superfast");

        // When
        Decoded decoded = decoded(Jobs.profile(160, 90).setProfile(profile));

        // Then
        int constrained = avcodec.AV_PROFILE_H264_CONSTRAINED;
        assertThat(decoded.profile() & ~constrained).isEqualTo(number);
        assertThat(decoded.hasBFrames()).isEqualTo(bFrames);
    }

    @Test
    void keepsToTheBitrateAndTakesItAsACapOfQuality() throws Exception {
        // When
        int low = bytes(one(Jobs.profile(320, 180).setBitrate(300_000))).length;
        int high = bytes(one(Jobs.profile(320, 180).setBitrate(1_200_000))).length;
        int capped = bytes(one(Jobs.profile(320, 180).setBitrate(300_000).setQuality(10))).length;
        int free = bytes(one(Jobs.profile(320, 180).setBitrate(0).setQuality(10))).length;

        // Then
        assertThat(high).isGreaterThan(low * 2);
        assertThat(free).isGreaterThan(capped * 2);
    }

    @Test
    void copiesAudioAndLetsTimeStampsPass() throws Exception {
        for (MediaSegment segment : segments) {
            // Given
            Decoded before = Decoded.of(segment.bytes());

            // When
            Transcoded done =
                    engine.transcode(Jobs.job(segment.bytes(), Jobs.profile(160, 90).build()));

            // Then
            Decoded after = Decoded.of(bytes(done.renditions().get(0)));
            assertThat(after.audioPts()).isEqualTo(before.audioPts()).hasSizeGreaterThan(80);
            assertThat(after.frames())
                    .extracting(Decoded.Shot::pts)
                    .isEqualTo(before.frames().stream().map(Decoded.Shot::pts).toList());
            assertThat(after.frames().get(0).key()).isTrue();
        }
    }

    @Test
    void cutsTheClipOut() throws Exception {
        // Given
        TranscodeJob whole = Jobs.job(source, Jobs.profile(160, 90).build());
        TranscodeJob job =
                new TranscodeJob(
                        "clip",
                        "session",
                        0,
                        whole.media(),
                        whole.profiles(),
                        new Clip(500L, 1500L),
                        false,
                        0,
                        Duration.ofSeconds(20));

        // When
        Decoded clip = Decoded.of(bytes(engine.transcode(job).renditions().get(0)));

        // Then
        assertThat(clip.frames()).hasSize(30);
        assertThat(clip.audioPts()).hasSizeBetween(45, 49);
    }

    @ParameterizedTest
    @CsvSource({"H264", "H265"})
    void writesMp4WithItsIndexInFront(VideoCodec codec) throws Exception {
        // When
        Rendition rendition =
                one(Jobs.profile(160, 90).setFormat(OutputFormat.MP4).setCodec(codec));

        // Then
        byte[] bytes = bytes(rendition);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text.substring(4, 8)).isEqualTo("ftyp");
        assertThat(text.indexOf("moov")).isPositive().isLessThan(text.indexOf("mdat"));
        Decoded decoded = Decoded.of(bytes);
        assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
        assertThat(decoded.audioPts()).hasSizeGreaterThan(80);
        assertThat(rendition.getCodecs())
                .startsWith(codec == VideoCodec.H264 ? "avc1." : "hvc1.1.6.L")
                .endsWith(",mp4a.40.2");
        Transcoded again = engine.transcode(Jobs.job(bytes, Jobs.profile(160, 90).build()));
        assertThat(again.decodedPixels()).isEqualTo(rendition.getPixels());
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void makesHevc() throws Exception {
        // When
        Rendition rendition = one(Jobs.profile(160, 90).setCodec(VideoCodec.H265));

        // Then
        Decoded decoded = Decoded.of(bytes(rendition));
        assertThat(decoded.codec()).isEqualTo("hevc");
        assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
        assertThat(decoded.frames().get(0).key()).isTrue();
        assertThat(rendition.getCodecs()).matches("hvc1\\.1\\.6\\.[LH]\\d+\\.90,mp4a\\.40\\.2");
    }

    @Test
    void makesTheSameSignatureWithEveryPreset() throws Exception {
        // Given
        TranscodeJob plain = Jobs.job(source, Jobs.profile(160, 90).build());
        TranscodeJob job =
                new TranscodeJob(
                        "hash",
                        "session",
                        0,
                        plain.media(),
                        plain.profiles(),
                        null,
                        true,
                        0,
                        Duration.ofSeconds(20));

        // When
        Rendition fast = engine.transcode(job).renditions().get(0);
        Rendition slow = engine("medium").transcode(job).renditions().get(0);

        // Then: 60 frames make 5538 bytes
        ByteBuffer hash = Objects.requireNonNull(fast.getPerceptualHash());
        assertThat(hash.remaining()).isEqualTo(5538);
        assertThat(hash).isEqualTo(slow.getPerceptualHash());
        assertThat(bytes(fast)).isNotEqualTo(bytes(slow));
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void readsAFileAsItReadsMemory() throws Exception {
        // Given
        Path file = temp.resolve("source.ts");
        Files.write(file, source);
        TranscodeJob memory = Jobs.job(source, Jobs.profile(160, 90).build());
        TranscodeJob job =
                new TranscodeJob(
                        "file",
                        "session",
                        0,
                        new TranscodeJob.InFile(file, source.length),
                        memory.profiles(),
                        null,
                        false,
                        0,
                        Duration.ofSeconds(20));

        // Then
        assertThat(bytes(engine.transcode(job).renditions().get(0)))
                .isEqualTo(bytes(engine.transcode(memory).renditions().get(0)));
    }

    @Test
    void keepsTheOrderOfTheProfiles() throws Exception {
        // Given
        Profile[] ladder =
                IntStream.range(0, 16)
                        .mapToObj(i -> Jobs.profile(320 - 10 * i, 90).setName("p" + i).build())
                        .toArray(Profile[]::new);

        // Then
        assertThat(engine.transcode(Jobs.job(source, ladder)).renditions())
                .extracting(Rendition::getName)
                .isEqualTo(IntStream.range(0, 16).mapToObj(i -> "p" + i).toList());
    }
}
