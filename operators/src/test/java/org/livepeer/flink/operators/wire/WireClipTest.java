package org.livepeer.flink.operators.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.net.SegParameters;

class WireClipTest {
    @Test
    void zeroAndZeroIsAllOfIt() throws Exception {
        assertThat(WireClip.of(clip(0, 0))).isNull();
    }

    @Test
    void anEndOfZeroIsTheEndOfTheSegment() throws Exception {
        assertThat(WireClip.of(clip(500, 0))).isEqualTo(new Clip(500L, 600_000L));
        assertThat(WireClip.of(clip(0, 700))).isEqualTo(new Clip(0L, 700L));
    }

    @ParameterizedTest
    @CsvSource({"700, 700", "700, 600", "300001, 0", "-1, 0", "0, -1"})
    void whatHasNoLengthOrBeginsNowhereIsAFault(long from, long to) {
        assertThatThrownBy(() -> WireClip.of(clip(from, to)))
                .isInstanceOf(WireFault.class)
                .hasMessage("TranscoderInvalidClipConfig");
    }

    private static SegParameters clip(long from, long to) {
        return SegParameters.newBuilder().setFrom(from).setTo(to).build();
    }
}
