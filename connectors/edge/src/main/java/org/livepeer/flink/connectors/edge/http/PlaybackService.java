package org.livepeer.flink.connectors.edge.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.livepeer.flink.connectors.edge.playback.Content;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.connectors.edge.playback.Piece;
import org.livepeer.flink.connectors.edge.playback.PlaylistWriter;
import org.livepeer.flink.connectors.edge.playback.RenditionName;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.connectors.edge.playback.WindowView;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.schemas.StoreReference;

/**
 * HLS under {@code /stream/}, with go-livepeer's paths and headers. One header differs: playlists
 * are {@code no-cache}, because a browser that keeps one for 5 s stalls on segments of 2 s.
 */
public final class PlaybackService extends AbstractHttpService {
    private static final String PLAYLIST = ".m3u8";
    private final StreamCatalog catalog;
    private final SegmentStore store;

    public PlaybackService(StreamCatalog catalog, SegmentStore store) {
        this.catalog = catalog;
        this.store = store;
    }

    @Override
    protected HttpResponse doGet(ServiceRequestContext ctx, HttpRequest req) {
        ctx.mutateAdditionalResponseHeaders(PlaybackService::open);
        String[] parts = ctx.mappedPath().substring(1).split("/", -1);
        return switch (parts.length) {
            case 1 -> master(parts[0]);
            case 2 -> media(parts[0], parts[1]);
            case 3 -> segment(ctx, req, parts[0], parts[1], parts[2]);
            default -> nothing("no stream's path has so many parts");
        };
    }

    @Override
    protected HttpResponse doHead(ServiceRequestContext ctx, HttpRequest req) {
        return doGet(ctx, req);
    }

    @Override
    protected HttpResponse doOptions(ServiceRequestContext ctx, HttpRequest req) {
        ctx.mutateAdditionalResponseHeaders(PlaybackService::open);
        return HttpResponse.of(
                ResponseHeaders.of(
                        HttpStatus.NO_CONTENT,
                        HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS,
                        "GET, HEAD",
                        HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
                        "Range"));
    }

    private static void open(com.linecorp.armeria.common.HttpHeadersBuilder headers) {
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Length");
    }

    private HttpResponse master(String file) {
        Optional<ManifestId> manifest = stem(file).flatMap(ManifestId::parse);
        if (manifest.isEmpty()) {
            return nothing("a stream is at /stream/MANIFEST.m3u8");
        }
        return catalog.view(manifest.get())
                .map(view -> playlist(PlaylistWriter.master(manifest.get(), view)))
                .orElseGet(() -> notPlaying(manifest.get()));
    }

    private HttpResponse media(String id, String file) {
        Optional<ManifestId> manifest = ManifestId.parse(id);
        Optional<RenditionName> rendition = stem(file).flatMap(RenditionName::parse);
        if (manifest.isEmpty() || rendition.isEmpty()) {
            return nothing("a rendition is at /stream/MANIFEST/RENDITION.m3u8");
        }
        Optional<WindowView> view = catalog.view(manifest.get());
        if (view.isEmpty()) {
            return notPlaying(manifest.get());
        }
        if (!view.get().renditions().containsKey(rendition.get())) {
            return nothing("the stream has no rendition of this name");
        }
        return playlist(PlaylistWriter.media(rendition.get(), view.get()));
    }

    private HttpResponse segment(
            ServiceRequestContext ctx, HttpRequest req, String id, String name, String file) {
        int dot = file.lastIndexOf('.');
        Optional<ManifestId> manifest = ManifestId.parse(id);
        Optional<RenditionName> rendition = RenditionName.parse(name);
        if (manifest.isEmpty() || rendition.isEmpty() || !file.matches("\\d{1,18}\\.(ts|mp4)")) {
            return nothing("a segment is at /stream/MANIFEST/RENDITION/SEQ.ts or .mp4");
        }
        long seq = Long.parseLong(file.substring(0, dot));
        Optional<Piece> piece =
                catalog.piece(manifest.get(), rendition.get(), seq)
                        .filter(
                                p ->
                                        p.picture()
                                                .container()
                                                .extension()
                                                .equals(file.substring(dot + 1)));
        return piece.map(p -> media(ctx, req, p))
                .orElseGet(() -> nothing("the segment is not there, or not any more"));
    }

    private HttpResponse media(ServiceRequestContext ctx, HttpRequest req, Piece piece) {
        ResponseHeadersBuilder head =
                ResponseHeaders.builder(HttpStatus.OK)
                        .set(HttpHeaderNames.CONTENT_TYPE, piece.picture().container().mediaType())
                        .set(HttpHeaderNames.CACHE_CONTROL, "max-age=5");
        Content content = piece.content();
        if (content instanceof Content.Cached cached) {
            return cached(ctx, req, cached, head);
        }
        if (content instanceof Content.Stored stored) {
            return stored(ctx, req, stored.reference(), head);
        }
        throw new IllegalStateException("a published piece is never inline");
    }

    private static HttpResponse cached(
            ServiceRequestContext ctx,
            HttpRequest req,
            Content.Cached cached,
            ResponseHeadersBuilder head) {
        if (!Files.exists(cached.file())) {
            return nothing("the segment is not there any more");
        }
        ByteRange range;
        try {
            range = ByteRange.of(req.headers().get(HttpHeaderNames.RANGE), cached.length());
        } catch (ByteRange.Unsatisfiable e) {
            return HttpResponse.of(
                    ResponseHeaders.of(
                            HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                            HttpHeaderNames.CONTENT_RANGE,
                            "bytes */" + cached.length()));
        }
        head.set(HttpHeaderNames.ACCEPT_RANGES, "bytes").contentLength(range.length());
        if (range.length() < cached.length()) {
            head.status(HttpStatus.PARTIAL_CONTENT)
                    .set(
                            HttpHeaderNames.CONTENT_RANGE,
                            "bytes " + range.from() + "-" + range.to() + "/" + cached.length());
        }
        if (req.method() == HttpMethod.HEAD) {
            return HttpResponse.of(head.build());
        }
        return HttpResponse.of(
                head.build(),
                StreamMessage.builder(cached.file())
                        .executor(ctx.blockingTaskExecutor())
                        .bufferSize(1 << 16)
                        .build()
                        .range(range.from(), range.length()));
    }

    private HttpResponse stored(
            ServiceRequestContext ctx,
            HttpRequest req,
            StoreReference reference,
            ResponseHeadersBuilder head) {
        head.contentLength(reference.getLength());
        if (req.method() == HttpMethod.HEAD) {
            return HttpResponse.of(head.build());
        }
        return HttpResponse.of(
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return HttpResponse.of(
                                        head.build(),
                                        StreamMessage.builder(store.open(reference))
                                                .executor(ctx.blockingTaskExecutor())
                                                .bufferSize(1 << 16)
                                                .build());
                            } catch (IOException e) {
                                return nothing("the store does not have the segment any more");
                            }
                        },
                        ctx.blockingTaskExecutor()));
    }

    private static HttpResponse playlist(String text) {
        HttpData body = HttpData.ofUtf8(text);
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .set(HttpHeaderNames.CONTENT_TYPE, "application/x-mpegURL")
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                        .contentLength(body.length())
                        .build(),
                body);
    }

    private static Optional<String> stem(String file) {
        return file.endsWith(PLAYLIST)
                ? Optional.of(file.substring(0, file.length() - PLAYLIST.length()))
                : Optional.empty();
    }

    private static HttpResponse notPlaying(ManifestId manifest) {
        return nothing(
                "no segment of "
                        + manifest
                        + " can be played yet: push one, or see /api/streams for what is there");
    }

    private static HttpResponse nothing(String reason) {
        return Replies.text(HttpStatus.NOT_FOUND, reason);
    }
}
