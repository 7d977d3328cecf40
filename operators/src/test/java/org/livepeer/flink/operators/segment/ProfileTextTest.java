package org.livepeer.flink.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

class ProfileTextTest {
    @Test
    void readsPresetNames() throws Exception {
        List<Profile> profiles = ProfileText.parse("P240p30fps16x9, P720p30fps16x9");

        assertThat(profiles)
                .extracting(Profile::getName)
                .containsExactly("P240p30fps16x9", "P720p30fps16x9");
    }

    @Test
    void readsJsonProfiles() throws Exception {
        Profile profile =
                ProfileText.parse(
                                "[{\"width\":640,\"height\":360,\"bitrate\":1000000,\"fps\":30000,"
                                        + "\"fpsDen\":1001,\"profile\":\"H264ConstrainedHigh\","
                                        + "\"gop\":\"1.5\",\"encoder\":\"HEVC\",\"quality\":23}]")
                        .get(0);

        assertThat(profile.getName()).isEqualTo("custom_640x360_1000000");
        assertThat(profile.getFpsDen()).isEqualTo(1001);
        assertThat(profile.getProfile()).isEqualTo(EncoderProfile.H264_CONSTRAINED_HIGH);
        assertThat(profile.getGopMs()).isEqualTo(1500);
        assertThat(profile.getCodec()).isEqualTo(VideoCodec.H265);
        assertThat(profile.getQuality()).isEqualTo(23);
    }

    @Test
    void intraMeansEveryFrame() throws Exception {
        Profile profile =
                ProfileText.parse("[{\"width\":64,\"height\":36,\"bitrate\":1,\"gop\":\"intra\"}]")
                        .get(0);

        assertThat(profile.getGopMs()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P999p",
                "P240p30fps16x9,",
                "[",
                "[1]",
                "[{\"width\":\"a\"}]",
                "[{\"width\":1.5}]",
                "[{\"width\":99999999999}]",
                "[{\"gop\":\"-3\"}]",
                "[{\"gop\":\"NaN\"}]",
                "[{\"profile\":\"vvc\"}]",
                "[{\"encoder\":\"AV9\"}]"
            })
    void refusesWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> ProfileText.parse(text))
                .isInstanceOfSatisfying(
                        InvalidSegmentException.class,
                        e ->
                                assertThat(e.reason())
                                        .isIn(Reason.UnknownProfile, Reason.InvalidProfile));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"width\":4097,\"height\":16,\"bitrate\":1}",
                "{\"width\":0,\"height\":16,\"bitrate\":1}",
                "{\"width\":16,\"height\":16,\"bitrate\":0}",
                "{\"width\":16,\"height\":16,\"bitrate\":1,\"fps\":241}",
                "{\"width\":16,\"height\":16,\"bitrate\":1,\"fps\":-1}",
                "{\"width\":16,\"height\":16,\"bitrate\":1,\"quality\":64}",
                "{\"width\":16,\"height\":16,\"bitrate\":1,\"name\":\"../x\"}",
                "{\"width\":16,\"height\":16,\"bitrate\":1,\"encoder\":\"VP8\"}"
            })
    void refusesWhatIsOutsideTheLimits(String profile) throws Exception {
        List<Profile> profiles = ProfileText.parse("[" + profile + "]");

        assertThatThrownBy(() -> Ladder.check(profiles))
                .isInstanceOfSatisfying(
                        InvalidSegmentException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.InvalidProfile));
    }

    @Test
    void refusesSeventeenRenditionsAndTwins() throws Exception {
        List<Profile> seventeen =
                ProfileText.parse(
                        String.join(",", java.util.Collections.nCopies(17, "P144p30fps16x9")));

        assertThatThrownBy(() -> Ladder.check(seventeen))
                .isInstanceOfSatisfying(
                        InvalidSegmentException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TooManyProfiles));
        assertThatThrownBy(() -> Ladder.check(seventeen.subList(0, 2)))
                .hasMessageContaining("stands twice");
    }
}
