package org.livepeer.flink.connectors.transcoder.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.VideoCodec;

class RenditionSizeTest {
    @ParameterizedTest
    @CsvSource({
        "1280, 720, 426, 240, H264, 426, 240",
        "1280, 720, 640, 360, H264, 640, 360",
        "720, 1280, 426, 240, H264, 240, 426",
        "720, 1280, 256, 144, H264, 146, 260",
        "1920, 1080, 854, 480, H264, 854, 480",
        "640, 480, 1280, 720, H264, 1280, 960",
        "1000, 1000, 320, 240, H264, 320, 320",
        "1, 1, 426, 240, H264, 426, 426",
        "1280, 720, 5000, 3000, H264, 4096, 2304",
        "1280, 720, 100, 56, H265, 132, 74",
        "1280, 720, 427, 241, H264, 426, 240"
    })
    void honoursTheLargerDimension(
            int sourceWidth,
            int sourceHeight,
            int width,
            int height,
            VideoCodec codec,
            int expectedWidth,
            int expectedHeight)
            throws Exception {
        // When
        RenditionSize size = RenditionSize.of(sourceWidth, sourceHeight, width, height, codec);

        // Then
        assertThat(size).isEqualTo(new RenditionSize(expectedWidth, expectedHeight));
    }

    @Test
    void refusesAnAspectThatNoEncoderTakes() {
        assertThatThrownBy(() -> RenditionSize.of(16, 4000, 426, 240, VideoCodec.H264))
                .isInstanceOf(TranscodeException.class)
                .hasMessageContaining("146x36500");
    }
}
