package org.livepeer.flink.connectors.edge.playback;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes HLS playlists (RFC 8216, version 8 for gaps) from what a window shows. */
public final class PlaylistWriter {
    private PlaylistWriter() {}

    /** The master playlist: one variant per rendition, smallest bandwidth first. */
    public static String master(ManifestId manifest, WindowView view) {
        StringBuilder text =
                new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        for (Variant variant : variants(view)) {
            Picture picture = variant.picture();
            text.append("#EXT-X-STREAM-INF:BANDWIDTH=")
                    .append(variant.peak())
                    .append(",AVERAGE-BANDWIDTH=")
                    .append(variant.average());
            if (picture.width() > 0 && picture.height() > 0) {
                text.append(",RESOLUTION=")
                        .append(picture.width())
                        .append('x')
                        .append(picture.height());
            }
            if (picture.frameRate() > 0) {
                text.append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", picture.frameRate()));
            }
            if (!picture.codecs().isEmpty()) {
                text.append(",CODECS=\"").append(picture.codecs()).append('"');
            }
            text.append('\n').append(manifest).append('/').append(variant.name()).append(".m3u8\n");
        }
        return text.toString();
    }

    /**
     * The media playlist of a rendition. Every rendition of a stream has the same numbers at the
     * same place: a segment that lacks this one is listed as a gap.
     */
    public static String media(RenditionName rendition, WindowView view) {
        List<PublishedSegment> segments = view.segments();
        PublishedSegment first = segments.get(0);
        boolean gaps = segments.stream().anyMatch(s -> !s.pieces().containsKey(rendition));
        StringBuilder text =
                new StringBuilder("#EXTM3U\n#EXT-X-VERSION:")
                        .append(gaps ? 8 : 3)
                        .append("\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:")
                        .append(view.targetSeconds())
                        .append("\n#EXT-X-MEDIA-SEQUENCE:")
                        .append(first.index())
                        .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
                        .append(first.discontinuities() - (first.discontinuity() ? 1 : 0))
                        .append('\n');
        Picture latest = view.renditions().get(rendition);
        Container usual = latest == null ? Container.MPEG_TS : latest.container();
        for (PublishedSegment segment : segments) {
            Piece piece = segment.pieces().get(rendition);
            if (segment.discontinuity()) {
                text.append("#EXT-X-DISCONTINUITY\n");
            }
            if (piece == null) {
                text.append("#EXT-X-GAP\n");
            }
            Container container = piece == null ? usual : piece.picture().container();
            text.append(
                            String.format(
                                    Locale.ROOT, "#EXTINF:%.3f,\n", segment.durationMs() / 1000.0))
                    .append(rendition)
                    .append('/')
                    .append(segment.seq())
                    .append('.')
                    .append(container.extension())
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * A rendition as a player chooses it.
     *
     * @param peak bits per second of its largest segment, at least the bitrate asked for
     * @param average bits per second over the window
     */
    public record Variant(RenditionName name, Picture picture, long peak, long average) {}

    /**
     * The variants that HLS players can play: MP4 files are no HLS segments, so they are named only
     * when there is nothing else.
     */
    public static List<Variant> variants(WindowView view) {
        boolean streamable =
                view.renditions().values().stream()
                        .anyMatch(p -> p.container() == Container.MPEG_TS);
        return view.renditions().entrySet().stream()
                .filter(e -> !streamable || e.getValue().container() == Container.MPEG_TS)
                .map(e -> variant(e, view))
                .sorted(Comparator.comparingLong(Variant::peak).thenComparing(Variant::name))
                .toList();
    }

    private static Variant variant(Map.Entry<RenditionName, Picture> entry, WindowView view) {
        long peak = entry.getValue().bitrate();
        long bits = 0;
        long millis = 0;
        for (PublishedSegment segment : view.segments()) {
            Piece piece = segment.pieces().get(entry.getKey());
            if (piece != null) {
                long size = 8 * piece.content().length();
                bits += size;
                millis += segment.durationMs();
                peak = Math.max(peak, size * 1000 / segment.durationMs());
            }
        }
        long average = millis == 0 ? 0 : bits * 1000 / millis;
        return new Variant(
                entry.getKey(), entry.getValue(), Math.max(1, peak), Math.max(1, average));
    }
}
