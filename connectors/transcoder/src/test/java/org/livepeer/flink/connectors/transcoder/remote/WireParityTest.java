package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.SegParameters;
import org.livepeer.flink.schemas.net.VideoProfile;

/** Messages as go-livepeer 0.9.1 writes and reads them. */
class WireParityTest {
    private static final List<Integer> DEFAULT =
            List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 26);
    private static final String REGISTER =
            "0a0c766572626967736563726574100a1a690a04ffbf81201a04080010011a04080110011a04080210011a04"
                    + "080310011a04080410011a04080510011a04080610011a04080710011a04080810011a04080910011a04080a"
                    + "10011a04080b10011a04080c10011a04080e10011a04081a10012205302e392e312a00";
    private static final String NOTIFY =
            "0a3168747470733a2f2f3132372e302e302e313a383933352f73747265616d2f64656164626565662f372e74"
                    + "656d7066696c651ac0010a08663134303563656410071a200000000000000000000000000000000000000000"
                    + "0000000000000000000000002207696e76616c696430d00f3a080a0483a080202a0042320a205c037c669aad"
                    + "3190039b37020b7880ff2333bf17c17c89fe03fa72ece28963eb120864656164626565661880e2cfaa068a02"
                    + "2182010e50323430703330667073313678398801aa039001f0019801c0cf24a0011e8a022182010e50333630"
                    + "70333066707331367839880180059001e8029801809f49a0011e8001018a0107696e76616c696492012a3078"
                    + "37303939373937304335313831326463334130313043376430316235306530643137646337394338";
    private static final String TEARDOWN = "1a0c420a12086465616462656566";

    private final WireCapabilities own = new WireCapabilities(DEFAULT);

    private static NotifySegment message(String hex) throws Exception {
        return NotifySegment.parseFrom(HexFormat.of().parseHex(hex));
    }

    private static NotifySegment.Builder message(VideoProfile.Builder... profiles) {
        SegData.Builder data = SegData.newBuilder();
        for (VideoProfile.Builder profile : profiles) {
            data.addFullProfiles3(profile);
        }
        return NotifySegment.newBuilder().setUrl("https://h:1/s").setSegData(data);
    }

    private static VideoProfile.Builder profile() {
        return VideoProfile.newBuilder().setName("p").setWidth(160).setHeight(90).setBitrate(1000);
    }

    private static Capabilities bits(Integer... numbers) {
        return new WireCapabilities(List.of(numbers)).message().toBuilder().clearVersion().build();
    }

    @Test
    void aRegistrationIsTheSameBytes() {
        RegisterRequest request =
                RegisterRequest.newBuilder()
                        .setSecret("verbigsecret")
                        .setCapacity(10)
                        .setCapabilities(own.message())
                        .build();

        assertThat(HexFormat.of().formatHex(request.toByteArray())).isEqualTo(REGISTER);
    }

    @Test
    void aSegmentIsUnderstood() throws Exception {
        // When
        SegmentOrder order = SegmentOrder.of(message(NOTIFY), own);

        // Then
        assertThat(order.task()).isEqualTo(1);
        assertThat(order.url()).isEqualTo("https://127.0.0.1:8935/stream/deadbeef/7.tempfile");
        assertThat(order.session()).isEqualTo("deadbeef");
        assertThat(order.manifest()).isEqualTo("f1405ced");
        assertThat(order.seq()).isEqualTo(7);
        assertThat(order.patience()).isEqualTo(Duration.ofSeconds(8));
        assertThat(order.clip()).isNull();
        assertThat(order.perceptualHash()).isFalse();
        assertThat(order.profiles())
                .extracting(Profile::getName, Profile::getWidth, Profile::getBitrate)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("P240p30fps16x9", 426, 600_000),
                        org.assertj.core.groups.Tuple.tuple("P360p30fps16x9", 640, 1_200_000));
    }

    @Test
    void theEndOfASessionIsToldFromASegment() throws Exception {
        assertThat(SegmentOrder.isTeardown(message(TEARDOWN))).isTrue();
        assertThat(SegmentOrder.isTeardown(message(NOTIFY))).isFalse();
        assertThat(SegmentOrder.isTeardown(NotifySegment.getDefaultInstance())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1999, 2000})
    void anOrchestratorWaitsEightSecondsAtLeast(int durationMs) throws Exception {
        NotifySegment.Builder message = message(profile());
        message.getSegDataBuilder().setDuration(durationMs);

        assertThat(SegmentOrder.of(message.build(), own).patience())
                .isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void anOrchestratorWaitsFourTimesTheDuration() throws Exception {
        NotifySegment.Builder message = message(profile());
        message.getSegDataBuilder().setDuration(300_000);

        assertThat(SegmentOrder.of(message.build(), own).patience())
                .isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void theNewestListOfProfilesCounts() throws Exception {
        // Given
        SegData.Builder data =
                SegData.newBuilder()
                        .addFullProfiles(profile().setName("1"))
                        .addFullProfiles2(profile().setName("2"));

        // When
        List<Profile> two = WireProfiles.of(data.build());
        List<Profile> three =
                WireProfiles.of(data.addFullProfiles3(profile().setName("3")).build());

        // Then
        assertThat(two).extracting(Profile::getName).containsExactly("2");
        assertThat(three).extracting(Profile::getName).containsExactly("3");
    }

    @Test
    void everyFieldOfAProfileCounts() throws Exception {
        // Given
        VideoProfile.Builder wire =
                VideoProfile.newBuilder()
                        .setWidth(640)
                        .setHeight(360)
                        .setBitrate(700_000)
                        .setFps(30_000)
                        .setFpsDen(1001)
                        .setFormat(VideoProfile.Format.MP4)
                        .setProfile(VideoProfile.Profile.H264_CONSTRAINED_HIGH)
                        .setGop(-1)
                        .setEncoder(VideoProfile.VideoCodec.H265)
                        .setQuality(23);

        // When
        Profile profile = SegmentOrder.of(message(wire).build(), own).profiles().get(0);

        // Then
        assertThat(profile)
                .isEqualTo(
                        Profile.newBuilder()
                                .setName("net_640x360_700000")
                                .setWidth(640)
                                .setHeight(360)
                                .setBitrate(700_000)
                                .setFps(30_000)
                                .setFpsDen(1001)
                                .setFormat(OutputFormat.MP4)
                                .setProfile(EncoderProfile.H264_CONSTRAINED_HIGH)
                                .setGopMs(-1)
                                .setCodec(VideoCodec.H265)
                                .setQuality(23)
                                .build());
    }

    @Test
    void whatCannotBeMadeIsRefusedInItsWords() {
        assertRefused(NotifySegment.newBuilder().setUrl("u"), "empty seg data");
        assertRefused(message(profile().setFormatValue(9)), "unrecognized profile output format");
        assertRefused(message(profile().setProfileValue(9)), "unrecognized encoder profile");
        assertRefused(message(profile().setEncoderValue(9)), "unrecognized video codec");
        assertRefused(message(profile().setEncoderValue(2)), "Encoder not found");
        assertRefused(message(profile().setGop(-2)), "TranscoderInvalidGOP");
        assertRefused(message(profile().setWidth(0)), "TranscoderInvalidResolution");
        assertRefused(message(profile().setHeight(-4)), "TranscoderInvalidResolution");
        assertRefused(message(profile().setBitrate(-1)), "Invalid argument");
        assertRefused(message(profile().setFps(-1)), "Invalid argument");
        assertRefused(message(profile().setFps(1001)), "Invalid argument");
        assertRefused(message(profile().setFpsDen(-1)), "Invalid argument");
        assertRefused(message(profile().setQuality(64)), "Invalid argument");
        assertRefused(message(), "Invalid argument");
        VideoProfile.Builder[] many = new VideoProfile.Builder[17];
        java.util.Arrays.setAll(many, i -> profile());
        assertRefused(message(many), "Too many outputs");
        NotifySegment.Builder negative = message(profile());
        negative.getSegDataBuilder().setDuration(-1);
        assertRefused(negative, "invalid duration");
        NotifySegment.Builder longer = message(profile());
        longer.getSegDataBuilder().setDuration(300_001);
        assertRefused(longer, "invalid duration");
        NotifySegment.Builder hevc = message(profile());
        hevc.getSegDataBuilder().setCapabilities(bits(0, 15));
        assertRefused(hevc, "incompatible segment capabilities");
    }

    private void assertRefused(NotifySegment.Builder message, String text) {
        assertThatThrownBy(() -> SegmentOrder.of(message.build(), own)).hasMessage(text);
    }

    @ParameterizedTest
    @CsvSource({"100, 900, 100, 900", "100, 0, 100, 600000", "0, 500, 0, 500"})
    void aClipIsTakenOver(long from, long to, long expectedFrom, long expectedTo) throws Exception {
        NotifySegment.Builder message = message(profile());
        message.getSegDataBuilder()
                .setSegmentParameters(SegParameters.newBuilder().setFrom(from).setTo(to));

        SegmentOrder order = SegmentOrder.of(message.build(), own);

        assertThat(order.clip())
                .isEqualTo(new org.livepeer.flink.schemas.Clip(expectedFrom, expectedTo));
    }

    @ParameterizedTest
    @CsvSource({"900, 100", "-1, 500", "500, 500", "5, -1"})
    void aClipThatIsNoneIsRefused(long from, long to) {
        NotifySegment.Builder message = message(profile());
        message.getSegDataBuilder()
                .setSegmentParameters(SegParameters.newBuilder().setFrom(from).setTo(to));

        assertRefused(message, "TranscoderInvalidClipConfig");
    }

    @Test
    void theSessionOfASegmentWithoutATokenIsItsManifest() throws Exception {
        NotifySegment.Builder message = message(profile());
        message.getSegDataBuilder()
                .setManifestId(com.google.protobuf.ByteString.copyFromUtf8("cam"))
                .setAuthToken(AuthToken.getDefaultInstance());

        assertThat(SegmentOrder.of(message.build(), own).session()).isEqualTo("cam");
    }

    @Test
    void capabilitiesAreBits() {
        assertThat(own.message().getBitstringList()).containsExactly(67133439L);
        assertThat(new WireCapabilities(List.of(193, 54, 192, 79)).message().getBitstringList())
                .containsExactly(18014398509481984L, 32768L, 0L, 3L);
        assertThat(new WireCapabilities(List.of()).message().getBitstringCount()).isZero();
    }

    @Test
    void whatTheEngineDoesIsWhatIsOffered() {
        // When
        Set<Integer> least = offered("encode:h264", "decode:h264", "format:mpegts");
        Set<Integer> all =
                offered(
                        "encode:h264",
                        "format:mpegts",
                        "format:mp4",
                        "perceptual-hash",
                        "decode:hevc",
                        "encode:h265",
                        "decode:h264-yuv420p10le",
                        "decode:h264-yuv422p",
                        "decode:h264-yuv422p10le",
                        "decode:h264-yuv444p",
                        "decode:h264-yuv444p10le");

        // Then
        assertThat(least).containsExactlyInAnyOrder(0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 26);
        assertThat(all)
                .containsAll(DEFAULT)
                .contains(15, 16, 21, 22, 23, 24, 25)
                .doesNotContain(17, 18, 19, 20);
    }

    private static Set<Integer> offered(String... names) {
        return Stream.of(WireCapabilities.of(List.of(names)))
                .flatMap(offer -> offer.message().getCapacitiesMap().keySet().stream())
                .collect(Collectors.toSet());
    }

    @Test
    void aSegmentIsServedWhenAllItNeedsIsThere() {
        assertThat(own.serve(Capabilities.getDefaultInstance())).isTrue();
        assertThat(own.serve(bits(0, 1, 12, 26))).isTrue();
        assertThat(own.serve(bits(0, 13))).isFalse();
        assertThat(own.serve(bits(64))).isFalse();
        assertThat(own.serve(bits(0).toBuilder().addBitstring(0).build())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.9.1, true",
        "0.9.0, true",
        "v0.8, true",
        "0.9.1-beta, true",
        "what, true",
        "0.9.2, false",
        "0.10.0, false",
        "1, false"
    })
    void anOlderReleaseThanAskedForDoesNotServe(String least, boolean serves) {
        Capabilities needed =
                Capabilities.newBuilder()
                        .setConstraints(Capabilities.Constraints.newBuilder().setMinVersion(least))
                        .build();

        assertThat(own.serve(needed)).isEqualTo(serves);
    }
}
