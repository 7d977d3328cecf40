package org.livepeer.flink.connectors.edge.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;

class StreamCatalogTest {
    private static final RenditionName LOW = new RenditionName("low");
    private static final Picture PICTURE =
            new Picture(640, 360, 600_000, "", 30, Container.MPEG_TS);

    @TempDir Path folder;

    @Test
    void theCapTakesTheOldestMediaOfTheLongestSilentStream() {
        // Given room for five pieces
        MediaCache cache = new MediaCache(folder);
        StreamCatalog catalog = new StreamCatalog(WindowRules.DEFAULT, cache, 5_000, 10);
        for (int seq = 0; seq < 4; seq++) {
            catalog.accept(piece("old", seq), 1_000 + seq);
        }

        // When another stream needs three
        for (int seq = 0; seq < 3; seq++) {
            catalog.accept(piece("new", seq), 2_000 + seq);
        }

        // Then the silent stream has lost its two oldest
        assertThat(cache.bytes()).isEqualTo(5_000);
        assertThat(seqs(catalog, "old")).containsExactly(2L, 3L);
        assertThat(seqs(catalog, "new")).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aStreamAloneLosesItsOwnOldestMedia() {
        MediaCache cache = new MediaCache(folder);
        StreamCatalog catalog = new StreamCatalog(WindowRules.DEFAULT, cache, 3_000, 10);

        for (int seq = 0; seq < 10; seq++) {
            catalog.accept(piece("cam", seq), seq);
        }

        assertThat(seqs(catalog, "cam")).containsExactly(7L, 8L, 9L);
    }

    @Test
    void idleStreamsAreForgottenWithTheirMedia() throws Exception {
        MediaCache cache = new MediaCache(folder);
        StreamCatalog catalog = new StreamCatalog(WindowRules.DEFAULT, cache, 1 << 20, 10);
        catalog.accept(piece("cam", 0), 1_000);

        catalog.advance(1_000 + WindowRules.DEFAULT.forgetAfter().toMillis());
        assertThat(catalog.streams()).hasSize(1);
        catalog.advance(1_001 + WindowRules.DEFAULT.forgetAfter().toMillis());

        assertThat(catalog.streams()).isEmpty();
        assertThat(cache.bytes()).isZero();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void theLongestSilentStreamMakesRoomForAnother() {
        StreamCatalog catalog =
                new StreamCatalog(WindowRules.DEFAULT, new MediaCache(folder), 1 << 20, 2);
        catalog.accept(piece("a", 0), 1_000);
        catalog.accept(piece("b", 0), 2_000);
        catalog.accept(piece("c", 0), 3_000);

        assertThat(catalog.streams())
                .extracting(s -> s.manifest().value())
                .containsExactly("b", "c");
    }

    @Test
    void mediaOfAnEarlierProcessIsDeletedAndNothingElse() throws Exception {
        Files.write(folder.resolve("7.media"), new byte[10]);
        Files.write(folder.resolve("notes.txt"), new byte[10]);

        MediaCache cache = new MediaCache(folder);

        assertThat(cache.bytes()).isZero();
        assertThat(folder.resolve("7.media")).doesNotExist();
        assertThat(folder.resolve("notes.txt")).exists();
    }

    private static List<Long> seqs(StreamCatalog catalog, String manifest) {
        return catalog.view(new ManifestId(manifest)).orElseThrow().segments().stream()
                .map(PublishedSegment::seq)
                .toList();
    }

    private static RenditionArrived piece(String manifest, long seq) {
        return new RenditionArrived(
                new ManifestId(manifest),
                seq,
                LOW,
                PICTURE,
                2_000,
                1,
                new Content.Inline(new byte[1_000]));
    }
}
