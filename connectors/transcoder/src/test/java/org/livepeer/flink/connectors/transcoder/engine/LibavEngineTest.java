package org.livepeer.flink.connectors.transcoder.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

class LibavEngineTest {
    private static byte[] source;

    private LibavEngine engine;

    @BeforeAll
    static void makeSource() {
        source = Jobs.segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1000));
    }

    @BeforeEach
    void open(@TempDir Path temp) {
        engine = new LibavEngine(new EngineSettings("ultrafast", 1, temp, EngineLimits.defaults()));
    }

    @Test
    void countsWhatIsReallyInTheFile() throws Exception {
        // Given
        Profile small = Jobs.profile(160, 90).build();
        Profile same = Jobs.profile(320, 180).setFps(15).build();

        // When
        Transcoded done = engine.transcode(Jobs.job(source, small, same));

        // Then
        assertThat(done.decodedPixels()).isEqualTo(320L * 180 * 30);
        for (Rendition rendition : done.renditions()) {
            Decoded decoded = Decoded.of(rendition.getPayload().array());
            assertThat(decoded.pixels()).isEqualTo(rendition.getPixels());
            assertThat(decoded.frames()).hasSize((int) rendition.getFrames());
        }
        assertThat(done.renditions()).extracting(Rendition::getFrames).isEqualTo(List.of(30L, 15L));
        assertThat(done.renditions().get(0).getCodecs())
                .matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2");
    }
}
