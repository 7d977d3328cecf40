package org.livepeer.flink.connectors.edge.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlaylistWriterTest {
    private static final ManifestId MANIFEST = new ManifestId("cam");
    private static final RenditionName LOW = new RenditionName("P240p");
    private static final RenditionName HIGH = new RenditionName("P720p");
    private static final Picture LOW_PICTURE =
            new Picture(426, 240, 250_000, "avc1.42c015,mp4a.40.2", 29.97, Container.MPEG_TS);
    private static final Picture HIGH_PICTURE =
            new Picture(1280, 720, 4_000_000, "", 0, Container.MPEG_TS);

    @Test
    void theMasterNamesEachRenditionSmallestFirst() {
        // Given one whole segment of 2 s: 100 kB and 500 kB
        WindowView view = view(segment(0, 0, false, 0, LOW, HIGH));

        // When the master is written, Then the larger of the measured and the asked bitrate counts
        assertThat(PlaylistWriter.master(MANIFEST, view))
                .isEqualTo(
                        """
                        #EXTM3U
                        #EXT-X-VERSION:3
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXT-X-STREAM-INF:BANDWIDTH=400000,AVERAGE-BANDWIDTH=400000,RESOLUTION=426x240,FRAME-RATE=29.970,CODECS="avc1.42c015,mp4a.40.2"
                        cam/P240p.m3u8
                        #EXT-X-STREAM-INF:BANDWIDTH=4000000,AVERAGE-BANDWIDTH=2000000,RESOLUTION=1280x720
                        cam/P720p.m3u8
                        """);
    }

    @Test
    void theMediaPlaylistCountsOnOverGapsAndNeverEnds() {
        WindowView view =
                view(
                        segment(70, 100, true, 3, LOW, HIGH),
                        segment(71, 101, false, 3, LOW, HIGH),
                        segment(72, 104, true, 4, LOW, HIGH));

        assertThat(PlaylistWriter.media(LOW, view))
                .isEqualTo(
                        """
                        #EXTM3U
                        #EXT-X-VERSION:3
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXT-X-TARGETDURATION:2
                        #EXT-X-MEDIA-SEQUENCE:70
                        #EXT-X-DISCONTINUITY-SEQUENCE:2
                        #EXT-X-DISCONTINUITY
                        #EXTINF:2.000,
                        P240p/100.ts
                        #EXTINF:2.000,
                        P240p/101.ts
                        #EXT-X-DISCONTINUITY
                        #EXTINF:2.000,
                        P240p/104.ts
                        """);
    }

    @Test
    void aMissingRenditionIsAGapAtTheSamePlace() {
        WindowView view = view(segment(0, 0, false, 0, LOW, HIGH), segment(1, 1, false, 0, LOW));

        assertThat(PlaylistWriter.media(HIGH, view))
                .contains("#EXT-X-VERSION:8")
                .endsWith("#EXT-X-GAP\n#EXTINF:2.000,\nP720p/1.ts\n");
        assertThat(PlaylistWriter.media(LOW, view)).doesNotContain("GAP");
    }

    @Test
    void mp4FilesAreNoVariantsBesideTransportStreams() {
        RenditionName file = new RenditionName("file");
        Picture mp4 = new Picture(426, 240, 1, "", 0, Container.MP4);
        Map<RenditionName, Picture> both = new TreeMap<>(Map.of(LOW, LOW_PICTURE, file, mp4));
        List<PublishedSegment> segments = List.of(segment(0, 0, false, 0, LOW));

        assertThat(PlaylistWriter.variants(new WindowView(segments, 2, both)))
                .extracting(PlaylistWriter.Variant::name)
                .containsExactly(LOW);
        assertThat(PlaylistWriter.variants(new WindowView(segments, 2, Map.of(file, mp4))))
                .hasSize(1);
    }

    private static PublishedSegment segment(
            long index, long seq, boolean cut, long cuts, RenditionName... names) {
        Map<RenditionName, Piece> pieces = new TreeMap<>();
        for (RenditionName name : names) {
            boolean low = name.equals(LOW);
            pieces.put(
                    name,
                    new Piece(
                            low ? LOW_PICTURE : HIGH_PICTURE,
                            new Content.Cached(Path.of("x"), low ? 100_000 : 500_000),
                            -1));
        }
        return new PublishedSegment(index, seq, 2_000, cut, cuts, pieces);
    }

    private static WindowView view(PublishedSegment... segments) {
        return new WindowView(
                List.of(segments), 2, new TreeMap<>(Map.of(LOW, LOW_PICTURE, HIGH, HIGH_PICTURE)));
    }
}
