package org.livepeer.flink.connectors.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.server.Server;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.livepeer.flink.connectors.edge.EdgeLimits;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.schemas.StoreReference;

class UploadServiceIT {
    private static final int LIMIT = 20_000_000;
    private static final EdgeLimits LIMITS =
            EdgeLimits.DEFAULT.withUploads(LIMIT, 2, Duration.ofMillis(400), Duration.ofSeconds(2));

    @TempDir Path folder;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Server server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.closeAsync();
        }
    }

    @Test
    void keepsWhatWasSentAndNamesIt() throws Exception {
        // Given 19 MB of anything
        SegmentStore store = serve(Gate.loopback());
        byte[] media = new byte[19_000_000];
        new Random(7).nextBytes(media);

        // When it is uploaded
        HttpResponse<String> answer = upload("PUT", media);

        // Then the answer names it, and the store has it
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = new ObjectMapper().readTree(answer.body());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(media);
        assertThat(json.get("sha256").asText()).isEqualTo(HexFormat.of().formatHex(hash));
        assertThat(json.get("length").asLong()).isEqualTo(media.length);
        StoreReference reference =
                new StoreReference(
                        json.get("name").asText(), (long) media.length, ByteBuffer.wrap(hash));
        assertThat(store.read(reference, LIMIT)).isEqualTo(media);
    }

    @Test
    void refusesWhatIsTooLargeDeclaredOrNot() throws Exception {
        serve(Gate.loopback());

        RawAnswer declared = raw("Content-Length: 300000001", new byte[0], 1, 0);
        assertThat(declared.status()).isEqualTo(413);
        assertThat(declared.body()).contains("SegmentTooLarge");
        HttpResponse<String> chunked =
                client.send(
                        request()
                                .PUT(
                                        HttpRequest.BodyPublishers.ofInputStream(
                                                () -> new Zeros(LIMIT + 1)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertNothingKept();
    }

    @Test
    void refusesNothing() throws Exception {
        serve(Gate.loopback());

        assertThat(upload("POST", new byte[0]).statusCode()).isEqualTo(400);
    }

    @Test
    void aFullStoreIs507() throws Exception {
        serve(
                Gate.loopback(),
                new StoreOptions(folder.resolve("store"), Long.MAX_VALUE, Clock.systemUTC()));

        HttpResponse<String> answer = upload("PUT", new byte[100]);

        assertThat(answer.statusCode()).isEqualTo(507);
        assertThat(answer.body()).contains("StorageFull");
    }

    @Test
    void aBodyThatStallsIsGivenUp() throws Exception {
        serve(Gate.loopback());

        RawAnswer answer = raw("Content-Length: 1000", new byte[10], 1, 0);

        assertThat(answer.status()).isEqualTo(408);
        assertNothingKept();
    }

    @Test
    void aBodyThatDripsIsGivenUp() throws Exception {
        serve(Gate.loopback());

        RawAnswer answer = raw("Content-Length: 1000", new byte[1], 100, 150);

        assertThat(answer.status()).isEqualTo(408);
        assertNothingKept();
    }

    @Test
    void onlySoManyUploadsRunAtATime() throws Exception {
        serve(Gate.loopback());
        upload("PUT", new byte[10]);
        int status = 0;
        // Idle uploads are given up soon: a slow machine may need another try to catch two at once.
        for (int i = 0; i < 20 && status != 503; i++) {
            try (Socket one = begin("Content-Length: 1000");
                    Socket two = begin("Content-Length: 1000")) {
                Thread.sleep(50);
                status = upload("PUT", new byte[10]).statusCode();
                assertThat(one.isConnected() && two.isConnected()).isTrue();
            }
        }
        assertThat(status).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
        "Origin: http://evil.example",
        "Origin: null",
        "Host: rebound.example:9935",
    })
    void withoutATokenOnlyProgramsOfThisMachineMayUpload(String header) throws Exception {
        serve(Gate.loopback());

        RawAnswer answer = raw("Content-Length: 10\r\n" + header, new byte[10], 1, 0);

        assertThat(answer.status()).isEqualTo(403);
        assertNothingKept();
    }

    @Test
    void withATokenEverybodyMustShowIt() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        serve(Gate.token(file));

        assertThat(upload("PUT", new byte[10]).statusCode()).isEqualTo(401);
        assertThat(bearer("0123456789abcdeX").statusCode()).isEqualTo(401);
        assertThat(bearer("").statusCode()).isEqualTo(401);
        assertThat(bearer("0123456789abcdef").statusCode()).isEqualTo(200);
    }

    @Test
    void aTokenThatCanBeGuessedIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "short\n");

        assertThatThrownBy(() -> Gate.token(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("openssl rand")
                .hasMessageNotContaining("short\n");
        assertThatThrownBy(() -> Gate.token(folder.resolve("missing")))
                .hasMessageContaining("cannot read the token file");
    }

    @ParameterizedTest
    @CsvSource({"/upload/x", "/upload/..%2f..%2fetc", "/upload/../../x"})
    void noPathIsTheClients(String path) throws Exception {
        serve(Gate.loopback());

        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[10]))
                        .build();

        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isIn(400, 404);
        assertNothingKept();
    }

    private SegmentStore serve(Gate gate) throws Exception {
        return serve(gate, StoreOptions.of(folder.resolve("store")));
    }

    private SegmentStore serve(Gate gate, StoreOptions options) throws Exception {
        SegmentStore store = new SharedDirectoryStore(options);
        server =
                Server.builder()
                        .http(new InetSocketAddress("127.0.0.1", 0))
                        .errorHandler(new Replies())
                        .route()
                        .path("/upload")
                        .maxRequestLength(0)
                        .build(new UploadService(store, gate, LIMITS))
                        .build();
        server.start().join();
        return store;
    }

    private int port() {
        return server.activeLocalPort();
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/upload"));
    }

    private HttpResponse<String> upload(String method, byte[] body) throws Exception {
        return client.send(
                request().method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> bearer(String token) throws Exception {
        return client.send(
                request()
                        .header("Authorization", "Bearer " + token)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[10]))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Socket begin(String headers) throws Exception {
        Socket socket = new Socket("127.0.0.1", port());
        String host = headers.contains("Host:") ? "" : "Host: 127.0.0.1\r\n";
        String head = "PUT /upload HTTP/1.1\r\n" + host + headers + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a body in pieces with pauses and never ends it; reads one answer. */
    private RawAnswer raw(String headers, byte[] piece, int times, long pauseMs) throws Exception {
        try (Socket socket = begin(headers)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            for (int i = 0; i < times && in.available() == 0; i++) {
                out.write(piece);
                Thread.sleep(pauseMs);
            }
            return RawAnswer.read(in);
        }
    }

    private void assertNothingKept() throws Exception {
        for (int i = 0; i < 50 && kept() > 0; i++) {
            Thread.sleep(20);
        }
        assertThat(kept()).as("files left in the store").isZero();
    }

    private long kept() throws Exception {
        try (var files = Files.walk(folder.resolve("store"))) {
            return files.filter(Files::isRegularFile).filter(f -> f.toFile().length() > 0).count();
        }
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int n = (int) Math.min(length, left);
            left -= n;
            return n;
        }
    }
}
