package org.livepeer.flink.operators.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.SegData;

class WireSegmentsTest {
    private static Profile.Builder profile() {
        return Profile.newBuilder().setName("a").setWidth(160).setHeight(90).setBitrate(1_000);
    }

    @Test
    void comesBackAsItWas() throws WireFault {
        List<Profile> profiles =
                List.of(
                        profile()
                                .setFps(30_000)
                                .setFpsDen(1_001)
                                .setGopMs(-1)
                                .setQuality(21)
                                .setProfile(EncoderProfile.H264_CONSTRAINED_HIGH)
                                .setFormat(OutputFormat.MP4)
                                .build(),
                        profile().setCodec(VideoCodec.H265).build());

        SegData segment = WireSegments.of(profiles, new Clip(100L, 900L)).build();

        assertThat(WireLadder.of(segment)).isEqualTo(profiles);
        assertThat(WireClip.of(segment.getSegmentParameters())).isEqualTo(new Clip(100L, 900L));
        assertThat(segment.getFullProfiles3Count()).isEqualTo(2);
    }

    @Test
    void takesTheListThatGoLivepeerWould() {
        Profile plain = profile().setFps(30).build();
        Profile mp4 = profile().setFormat(OutputFormat.MP4).build();
        Profile gop = profile().setGopMs(1_000).build();

        assertThat(WireSegments.of(List.of(plain), null).getFullProfilesCount()).isEqualTo(1);
        assertThat(WireSegments.of(List.of(plain, mp4), null).getFullProfiles2Count()).isEqualTo(2);
        assertThat(WireSegments.of(List.of(mp4, gop), null).getFullProfiles3Count()).isEqualTo(2);
        assertThat(WireSegments.of(List.of(plain), null).hasSegmentParameters()).isFalse();
    }

    @Test
    void anOpenClipGoesOutAsItCame() throws WireFault {
        SegData came =
                SegData.newBuilder()
                        .setSegmentParameters(
                                org.livepeer.flink.schemas.net.SegParameters.newBuilder()
                                        .setFrom(500))
                        .build();
        Clip clip = WireClip.of(came.getSegmentParameters());

        assertThat(WireSegments.of(List.of(profile().build()), clip).getSegmentParameters())
                .isEqualTo(came.getSegmentParameters());
    }

    @Test
    void needsAreGoLivepeersBits() {
        Capabilities needs =
                WireSegments.needs(
                        List.of(
                                profile().setFps(30).build(),
                                profile()
                                        .setFormat(OutputFormat.MP4)
                                        .setFpsDen(1_001)
                                        .setGopMs(2_000)
                                        .setProfile(EncoderProfile.H264_MAIN)
                                        .build()),
                        true);

        long bits = 1 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 8 | 1 << 11 | 1 << 12 | 1 << 14;
        assertThat(needs.getBitstringList()).containsExactly(bits);
        assertThat(needs.getCapacitiesMap()).hasSize(8).containsEntry(14, 1);
    }

    @Test
    void abilitiesAreThoseWhoseBitsAreAllThere() {
        long some = 1 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 14;

        assertThat(WireSegments.abilities(Capabilities.newBuilder().addBitstring(some).build()))
                .containsExactlyInAnyOrder(
                        "encode:h264", "format:mpegts", "format:mp4", "perceptual-hash");
        assertThat(WireSegments.abilities(Capabilities.newBuilder().addBitstring(2).build()))
                .containsExactly("format:mpegts");
        assertThat(WireSegments.abilities(Capabilities.getDefaultInstance()))
                .contains("encode:h264");
    }
}
