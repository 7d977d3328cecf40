package org.livepeer.flink.connectors.transcoder.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.media.Oddities;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.VideoCodec;

class BadMediaTest {
    private static final Profile PROFILE = Jobs.profile(160, 90).build();
    private static final Profile THIRTY = Jobs.profile(160, 90).setFps(30).build();
    private static byte[] source = {};

    private Path temp = Path.of("");
    private LibavEngine engine = engine(EngineLimits.defaults());

    @BeforeAll
    static void makeSource() {
        source = Jobs.segment(SyntheticOptions.of(192, 108, 30).withSegmentMs(1000));
    }

    @BeforeEach
    void open(@TempDir Path dir) {
        temp = dir;
        engine = engine(EngineLimits.defaults());
    }

    private LibavEngine engine(EngineLimits limits) {
        return new LibavEngine(new EngineSettings("ultrafast", 1, temp, limits));
    }

    private Reason refusal(byte[] media, Profile... profiles) {
        return refusal(engine, Jobs.job(media, profiles));
    }

    private static Reason refusal(LibavEngine engine, TranscodeJob job) {
        TranscodeException thrown =
                catchThrowableOfType(TranscodeException.class, () -> engine.transcode(job));
        assertThat(thrown).as("a refusal").isNotNull();
        return thrown.reason();
    }

    private static TranscodeJob limited(byte[] media, long maxPixels, Duration deadline) {
        return new TranscodeJob(
                "limited",
                "session",
                0,
                new TranscodeJob.InMemory(media),
                List.of(PROFILE),
                null,
                false,
                maxPixels,
                deadline);
    }

    @Test
    void refusesWhatIsNoVideo() throws Exception {
        byte[] garbage = new byte[50_000];
        new Random(1).nextBytes(garbage);
        assertThat(refusal(garbage, PROFILE)).isEqualTo(Reason.TranscoderInvalidVideo);
        assertThat(refusal(new byte[0], PROFILE)).isEqualTo(Reason.TranscoderInvalidVideo);
        assertThat(refusal(new byte[1], PROFILE)).isEqualTo(Reason.TranscoderInvalidVideo);
        assertThat(refusal(Arrays.copyOf(source, 100), PROFILE))
                .isEqualTo(Reason.TranscoderInvalidVideo);
        assertThat(refusal(Oddities.audioOnly(), PROFILE)).isEqualTo(Reason.TranscoderInvalidVideo);
    }

    @Test
    void refusesASegmentWithoutKeyFrame() throws Exception {
        assertThat(refusal(Oddities.withoutKeyFrames(source), PROFILE))
                .isEqualTo(Reason.NoKeyFrame);
    }

    @Test
    void transcodesWhatIsLeftOfATruncatedSegment() throws Exception {
        // When
        Transcoded done =
                engine.transcode(Jobs.job(Arrays.copyOf(source, source.length / 2), PROFILE));

        // Then
        Rendition rendition = done.renditions().get(0);
        assertThat(rendition.getFrames()).isBetween(5L, 29L);
        assertThat(Decoded.of(rendition.getPayload().array()).pixels())
                .isEqualTo(rendition.getPixels());
    }

    @Test
    void transcodesHevcAndTheSmallestSource() throws Exception {
        byte[] hevc =
                Jobs.segment(
                        SyntheticOptions.of(192, 108, 10)
                                .withSegmentMs(500)
                                .withCodec(VideoCodec.H265));
        assertThat(engine.transcode(Jobs.job(hevc, PROFILE)).decodedPixels())
                .isEqualTo(192L * 108 * 5);

        Transcoded tiny = engine.transcode(Jobs.job(Oddities.ofSize(2, 2), PROFILE));
        assertThat(tiny.decodedPixels()).isEqualTo(40);
        assertThat(tiny.renditions().get(0).getWidth()).isEqualTo(160);
        assertThat(tiny.renditions().get(0).getHeight()).isEqualTo(160);
    }

    @Test
    void goesOnWhenTheSizeChangesMidway() throws Exception {
        // Given
        byte[] wide = Jobs.segment(SyntheticOptions.of(192, 108, 30).withSegmentMs(1000));
        byte[] square = Jobs.segment(SyntheticOptions.of(128, 128, 30).withSegmentMs(1000));

        for (Profile profile : List.of(PROFILE, THIRTY)) {
            // When
            Transcoded done = engine.transcode(Jobs.job(Oddities.joined(1, wide, square), profile));

            // Then
            Rendition rendition = done.renditions().get(0);
            assertThat(done.decodedPixels()).isEqualTo(30L * (192 * 108 + 128 * 128));
            assertThat(rendition.getFrames()).isEqualTo(60);
            Decoded decoded = Decoded.of(rendition.getPayload().array());
            assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
            assertThat(decoded.frames())
                    .allMatch(shot -> shot.width() == 160 && shot.height() == 90);
        }
    }

    @Test
    void stopsWhatGrowsWithoutEnd() throws Exception {
        assertThat(refusal(Oddities.withGap(source, 120), THIRTY))
                .isEqualTo(Reason.EncodedFramesRunaway);
        assertThat(refusal(Oddities.withGap(source, 3600), THIRTY))
                .isEqualTo(Reason.InvalidDuration);
        assertThat(refusal(engine, limited(source, 160 * 90 * 20, Duration.ofSeconds(20))))
                .isEqualTo(Reason.PixelLimitExceeded);
        assertThat(refusal(engine, limited(source, 0, Duration.ofNanos(1))))
                .isEqualTo(Reason.DeadlineExceeded);
        EngineLimits smallFrames = new EngineLimits(100 * 100, 300_000, 1000, 25, 1 << 20);
        assertThat(refusal(engine(smallFrames), Jobs.job(source, PROFILE)))
                .isEqualTo(Reason.PixelLimitExceeded);
        EngineLimits fewBytes = new EngineLimits(1 << 20, 300_000, 1000, 25, 1000);
        assertThat(refusal(engine(fewBytes), Jobs.job(source, PROFILE)))
                .isEqualTo(Reason.PixelLimitExceeded);
        EngineLimits fewFrames = new EngineLimits(1 << 20, 300_000, 10, 25, 1 << 20);
        assertThat(refusal(engine(fewFrames), Jobs.job(source, PROFILE)))
                .isEqualTo(Reason.PixelLimitExceeded);
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void refusesWhatItCannotMake() throws Exception {
        for (VideoCodec codec : List.of(VideoCodec.VP8, VideoCodec.VP9)) {
            assertThat(refusal(source, Jobs.profile(160, 90).setCodec(codec).build()))
                    .isEqualTo(Reason.UnsupportedMedia);
        }
        assertThat(refusal(Oddities.ofSize(16, 4000), PROFILE)).isEqualTo(Reason.UnsupportedMedia);
        assertThat(refusal(source)).isEqualTo(Reason.InvalidProfile);
    }

    @Test
    void opensNoAddressThatMediaName() throws Exception {
        try (ServerSocket trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + trap.getLocalPort() + "/x.ts";
            List<String> tricks =
                    List.of(
                            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2.0,\n"
                                    + url
                                    + "\n#EXT-X-ENDLIST\n",
                            "ffconcat version 1.0\nfile '" + url + "'\n",
                            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT2S\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>"
                                    + url
                                    + "</BaseURL></Representation></AdaptationSet></Period></MPD>",
                            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
                            url);
            for (String trick : tricks) {
                // When
                Reason reason = refusal(trick.getBytes(StandardCharsets.UTF_8), PROFILE);

                // Then
                assertThat(reason).isIn(Reason.UnsupportedMedia, Reason.TranscoderInvalidVideo);
            }
            trap.setSoTimeout(1);
            Assertions.assertThatThrownBy(trap::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void survivesDamage() throws Exception {
        // Given
        byte[] small = Jobs.segment(SyntheticOptions.of(64, 64, 10).withSegmentMs(500));
        long seed = 20_261_124;
        Random random = new Random(seed);
        int made = 0;
        for (int round = 0; round < 400; round++) {
            byte[] damaged = small.clone();
            int flips = 1 + random.nextInt(60);
            for (int i = 0; i < flips; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                // When
                Rendition rendition =
                        engine.transcode(Jobs.job(damaged, THIRTY)).renditions().get(0);

                // Then
                assertThat(Decoded.of(rendition.getPayload().array()).pixels())
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(rendition.getPixels());
                made++;
            } catch (TranscodeException e) {
                assertThat(e.reason())
                        .as("seed %d round %d: %s", seed, round, e.getMessage())
                        .isNotEqualTo(Reason.InternalError);
            }
        }
        assertThat(made).isPositive();
        assertThat(temp).isEmptyDirectory();
    }
}
