package org.livepeer.flink.connectors.edge.playback;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Arrival.SegmentFailed;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every stream that can be played here. Holds the media of all of them under one cap: beyond it the
 * stream that was silent longest loses its oldest media first. Thread-safe.
 */
public final class StreamCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCatalog.class);
    private static final Repeats REPEATS = new Repeats(LOG);

    private final WindowRules rules;
    private final MediaCache cache;
    private final long cacheBytes;
    private final int mostStreams;
    private final Map<ManifestId, StreamWindow> streams = new HashMap<>();

    /**
     * @param cacheBytes most bytes kept in the cache
     * @param mostStreams most streams kept
     */
    public StreamCatalog(WindowRules rules, MediaCache cache, long cacheBytes, int mostStreams) {
        this.rules = rules;
        this.cache = cache;
        this.cacheBytes = cacheBytes;
        this.mostStreams = mostStreams;
    }

    /** Takes an answer that came at a time, ms since the epoch. Never throws because of it. */
    public void accept(Arrival arrival, long atMs) {
        if (arrival instanceof RenditionArrived rendition) {
            accept(rendition, atMs);
        } else if (arrival instanceof SegmentFailed failed) {
            accept(failed, atMs);
        }
    }

    private void accept(RenditionArrived rendition, long atMs) {
        Piece piece;
        try {
            piece =
                    new Piece(
                            rendition.picture(), cache.keep(rendition.content()), start(rendition));
        } catch (IOException e) {
            REPEATS.warn(
                    "rendition not kept manifest={} seq={} rendition={} cause={}",
                    rendition.manifest(),
                    rendition.seq(),
                    rendition.rendition(),
                    e.toString());
            accept(new SegmentFailed(rendition.manifest(), rendition.seq(), "StorageFull"), atMs);
            return;
        }
        synchronized (this) {
            window(rendition.manifest()).accept(rendition, piece, atMs);
            shrink();
        }
    }

    private static long start(RenditionArrived rendition) {
        boolean readable =
                rendition.content() instanceof Content.Inline
                        && rendition.picture().container() == Container.MPEG_TS;
        return readable
                ? TransportStart.of(((Content.Inline) rendition.content()).bytes())
                : TransportStart.UNKNOWN;
    }

    private synchronized void accept(SegmentFailed failed, long atMs) {
        window(failed.manifest()).accept(failed, atMs);
        shrink();
    }

    /** Publishes what became due and forgets what is idle. */
    public synchronized void advance(long nowMs) {
        streams.values().forEach(window -> window.advance(nowMs));
        long oldest = nowMs - rules.forgetAfter().toMillis();
        streams.values()
                .removeIf(
                        window -> {
                            boolean idle = window.tally.lastArrivalMs() < oldest;
                            if (idle) {
                                window.clear();
                            }
                            return idle;
                        });
    }

    /** What a stream's playlists show; nothing when it is unknown or has no segment yet. */
    public synchronized Optional<WindowView> view(ManifestId manifest) {
        return Optional.ofNullable(streams.get(manifest)).flatMap(StreamWindow::view);
    }

    /** A segment's rendition while it is kept. */
    public synchronized Optional<Piece> piece(
            ManifestId manifest, RenditionName rendition, long seq) {
        return Optional.ofNullable(streams.get(manifest)).flatMap(w -> w.piece(seq, rendition));
    }

    /** Every stream, by name. */
    public synchronized List<StreamStatus> streams() {
        List<StreamStatus> all = new ArrayList<>();
        streams.forEach(
                (manifest, window) ->
                        all.add(
                                new StreamStatus(
                                        manifest,
                                        window.view(),
                                        window.tally.counts(),
                                        window.tally.lastArrivalMs())));
        all.sort(Comparator.comparing(StreamStatus::manifest));
        return all;
    }

    /** Gives up everything. */
    public synchronized void clear() {
        streams.values().forEach(StreamWindow::clear);
        streams.clear();
    }

    private StreamWindow window(ManifestId manifest) {
        return streams.computeIfAbsent(manifest, m -> new StreamWindow(rules, cache::discard));
    }

    private void shrink() {
        while (streams.size() > mostStreams) {
            Map.Entry<ManifestId, StreamWindow> idle = idlestFirst().get(0);
            idle.getValue().clear();
            streams.remove(idle.getKey());
        }
        while (cache.bytes() > cacheBytes) {
            boolean freed = idlestFirst().stream().anyMatch(e -> e.getValue().dropOldest());
            if (!freed) {
                return;
            }
        }
    }

    private List<Map.Entry<ManifestId, StreamWindow>> idlestFirst() {
        return streams.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> e.getValue().tally.lastArrivalMs()))
                .toList();
    }
}
