package org.livepeer.flink.connectors.edge.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "cam.1_x~y-Z", "..."})
    void takesManifestIds(String id) {
        assertThat(ManifestId.parse(id)).map(ManifestId::value).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "a%2fb", "é", "a\n", "a\\b"})
    void refusesWhatIsNoManifestId(String text) {
        assertThat(ManifestId.parse(text)).isEmpty();
        assertThatThrownBy(() -> new ManifestId(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesLongManifestIds() {
        assertThat(ManifestId.parse("a".repeat(128))).isPresent();
        assertThat(ManifestId.parse("a".repeat(129))).isEmpty();
    }

    @Test
    void makesProfileNamesFitForAPath() {
        assertThat(RenditionName.of("P240p30fps16x9").value()).isEqualTo("P240p30fps16x9");
        assertThat(RenditionName.of("../up").value()).matches("\\.\\._up~[0-9a-f]{8}");
        assertThat(RenditionName.of("a b")).isNotEqualTo(RenditionName.of("a/b"));
        assertThat(RenditionName.of("").value()).matches("~[0-9a-f]{8}");
    }

    @Test
    void tellsContainersByTheirBeginning() {
        assertThat(Container.of(new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p'}))
                .isEqualTo(Container.MP4);
        assertThat(Container.of(new byte[] {0x47, 0x40, 0, 16, 0, 0, 0, 0}))
                .isEqualTo(Container.MPEG_TS);
    }
}
