package org.livepeer.flink.connectors.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Container;
import org.livepeer.flink.connectors.edge.playback.Content;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.connectors.edge.playback.MediaCache;
import org.livepeer.flink.connectors.edge.playback.Picture;
import org.livepeer.flink.connectors.edge.playback.RenditionName;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.connectors.edge.playback.WindowRules;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.schemas.StoreReference;

class PlaybackServiceIT {
    private static final byte[] MEDIA = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final Picture PICTURE =
            new Picture(640, 360, 600_000, "avc1.64001e", 30, Container.MPEG_TS);

    @TempDir Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private SharedDirectoryStore store;
    private StreamCatalog catalog;
    private Server server;

    @BeforeEach
    void serve() throws Exception {
        store = new SharedDirectoryStore(StoreOptions.of(folder.resolve("store")));
        MediaCache cache = new MediaCache(folder.resolve("cache"));
        catalog = new StreamCatalog(WindowRules.DEFAULT, cache, 1 << 20, 10);
        server =
                Server.builder()
                        .http(new InetSocketAddress("127.0.0.1", 0))
                        .errorHandler(new Replies())
                        .serviceUnder("/stream", new PlaybackService(catalog, store))
                        .build();
        server.start().join();
    }

    @AfterEach
    void stop() {
        server.closeAsync();
    }

    @Test
    void playsAStreamWithTheHeadersThatPlayersNeed() throws Exception {
        // Given one segment
        arrives(0, "low", new Content.Inline(MEDIA));

        // Then master, media playlist and segment follow from each other
        HttpResponse<String> master = get("/stream/cam.m3u8");
        assertThat(master.statusCode()).isEqualTo(200);
        assertThat(master.headers().firstValue("content-type")).contains("application/x-mpegURL");
        assertThat(master.headers().firstValue("access-control-allow-origin")).contains("*");
        assertThat(master.headers().firstValue("access-control-expose-headers"))
                .contains("Content-Length");
        assertThat(master.body()).contains("RESOLUTION=640x360").contains("\ncam/low.m3u8\n");
        HttpResponse<String> playlist = get("/stream/cam/low.m3u8");
        assertThat(playlist.headers().firstValue("cache-control")).contains("no-cache");
        assertThat(playlist.body()).endsWith("#EXTINF:2.000,\nlow/0.ts\n");
        HttpResponse<String> segment = get("/stream/cam/low/0.ts");
        assertThat(segment.body()).isEqualTo("0123456789");
        assertThat(segment.headers().firstValue("content-type")).contains("video/mp2t");
        assertThat(segment.headers().firstValue("content-length")).contains("10");
        assertThat(segment.headers().firstValue("cache-control")).contains("max-age=5");
    }

    @Test
    void servesRangesAndHeads() throws Exception {
        arrives(0, "low", new Content.Inline(MEDIA));

        HttpResponse<String> part = get("/stream/cam/low/0.ts", "Range", "bytes=2-4");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        assertThat(part.headers().firstValue("content-range")).contains("bytes 2-4/10");
        assertThat(get("/stream/cam/low/0.ts", "Range", "bytes=10-").statusCode()).isEqualTo(416);
        HttpRequest head =
                HttpRequest.newBuilder(uri("/stream/cam/low/0.ts"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build();
        HttpResponse<String> answer = client.send(head, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("content-length")).contains("10");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void servesWhatIsInTheStoreAndSaysWhenItIsGone() throws Exception {
        StoreReference kept = store.put(ByteBuffer.wrap(MEDIA));
        StoreReference gone = StoreReference.newBuilder(kept).setName("A".repeat(43)).build();
        arrives(0, "low", new Content.Stored(kept));
        arrives(1, "low", new Content.Stored(gone));

        assertThat(get("/stream/cam/low/0.ts").body()).isEqualTo("0123456789");
        assertThat(get("/stream/cam/low/1.ts").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/stream/",
                "/stream/cam",
                "/stream/other.m3u8",
                "/stream/cam/high.m3u8",
                "/stream/cam/low/1.ts",
                "/stream/cam/low/0.mp4",
                "/stream/cam/low/-1.ts",
                "/stream/cam/low/99999999999999999999.ts",
                "/stream/cam/low/0.ts/x",
                "/stream/%2e%2e/%2e%2e/etc/passwd",
                "/stream/cam%2flow%2f0.ts",
                "/stream/cam/..%2f..%2fcache%2f1.media",
                "/nothing"
            })
    void whatIsNotThereIs404WithAReason(String path) throws Exception {
        arrives(0, "low", new Content.Inline(MEDIA));

        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isIn(404, 400);
        assertThat(answer.headers().firstValue("content-type"))
                .contains("text/plain; charset=utf-8");
        assertThat(answer.body().strip()).isNotEmpty();
    }

    private void arrives(long seq, String name, Content content) {
        catalog.accept(
                new RenditionArrived(
                        new ManifestId("cam"),
                        seq,
                        new RenditionName(name),
                        PICTURE,
                        2_000,
                        1,
                        content),
                1_000);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.activeLocalPort() + path);
    }
}
