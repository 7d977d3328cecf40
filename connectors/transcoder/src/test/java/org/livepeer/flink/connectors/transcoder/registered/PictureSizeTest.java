package org.livepeer.flink.connectors.transcoder.registered;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.transcoder.engine.EngineLimits;
import org.livepeer.flink.connectors.transcoder.engine.EngineSettings;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.engine.LibavEngine;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;

class PictureSizeTest {
    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "MPEGTS,NONE,320,180",
        "MPEGTS,H264_BASELINE,426,240",
        "MPEGTS,H264_HIGH,256,144",
        "MP4,H264_MAIN,426,240",
        "MP4,NONE,640,360"
    })
    void isThatOfWhatTheEngineMade(
            OutputFormat format, EncoderProfile profile, int width, int height) throws Exception {
        byte[] source = Jobs.segment(SyntheticOptions.of(640, 360, 30).withSegmentMs(1_000));
        Rendition rendition =
                new LibavEngine(new EngineSettings("ultrafast", 1, temp, EngineLimits.defaults()))
                        .transcode(
                                Jobs.job(
                                        source,
                                        Jobs.profile(width, height)
                                                .setFormat(format)
                                                .setProfile(profile)
                                                .build()))
                        .renditions()
                        .get(0);
        byte[] media = new byte[rendition.getPayload().remaining()];
        rendition.getPayload().duplicate().get(media);

        assertThat(PictureSize.of(media))
                .contains(new PictureSize(rendition.getWidth(), rendition.getHeight()));
    }

    @Test
    void thereIsNoneInWhatIsNoMedia() {
        assertThat(PictureSize.of(new byte[0])).isEmpty();
        assertThat(PictureSize.of(new byte[5_000])).isEmpty();
        assertThat(PictureSize.of(new byte[] {0x47, 0, 0})).isEmpty();
        assertThat(PictureSize.of(new byte[] {0, 0, 1, 0x67, 0, 0, 0, 0, 0, 0})).isEmpty();
    }
}
