package org.livepeer.flink.connectors.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** An edge on a real broker. The first test runs before the topics exist. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EdgeServerIT {
    private static final ClusterSecret SECRET = new ClusterSecret(new byte[32]);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir static Path folder;
    private static EmbeddedKafka broker;
    private static KafkaAddress address;
    private static EdgeServer edge;
    private static KafkaProducer<byte[], byte[]> producer;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void begin() throws Exception {
        broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        address = new KafkaAddress(broker.bootstrapServers(), "test-");
        edge = edge("edge");
        edge.start();
        producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterAll
    static void end() {
        producer.close();
        edge.close();
        broker.close();
    }

    @Test
    @Order(1)
    void isUpAtOnceAndReadyWhenTheTopicsAreThere() throws Exception {
        // Given a broker without topics
        assertThat(get(edge, "/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> waiting = await(edge, "/readyz", r -> r.body().contains("is missing"));
        assertThat(waiting.statusCode()).isEqualTo(503);
        assertThat(get(edge, "/healthz").body()).startsWith("up, waits for topic test-");

        // When they are created
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }

        // Then the edge finds them by itself, and waits for the job
        await(edge, "/readyz", r -> r.body().contains("job, which was never heard of"));
        alive();
        assertThat(await(edge, "/readyz", r -> r.statusCode() == 200).body()).isEqualTo("ready\n");
        assertThat(get(edge, "/healthz").body()).isEqualTo("up\n");
        assertThat(get(edge, "/api/job").body())
                .contains("\"up\":true", "\"workers\":2", "\"edgeWaitsFor\":\"\"");

        // And says so when the job falls silent
        await(edge, "/readyz", r -> r.body().contains("job, last heard of"));
        assertThat(get(edge, "/api/job").body()).contains("\"up\":false");
    }

    private static void alive() throws Exception {
        Liveness alive = new Liveness("main", 1L, System.currentTimeMillis(), 2, 1, 0, 0);
        send(Topics.LIVENESS, "main", RecordCodec.of(Liveness.class).encode(alive));
    }

    @Test
    @Order(2)
    void playsRawAnswersOverAFailedSegment() throws Exception {
        for (int seq = 0; seq < 4; seq++) {
            if (seq == 2) {
                raw("cam", seq, "", new byte[0], Map.of("livepeer-status", "WorkerCrashed"));
                continue;
            }
            for (String rendition : List.of("low", "high")) {
                raw("cam", seq, rendition, new byte[1_000 + seq], Map.of());
            }
        }

        String playlist =
                await(edge, "/stream/cam/low.m3u8", r -> r.body().contains("low/3.ts")).body();

        assertThat(playlist)
                .contains("low/0.ts")
                .contains("low/1.ts")
                .doesNotContain("low/2.ts")
                .contains("#EXT-X-DISCONTINUITY\n#EXTINF:2.000,\nlow/3.ts");
        assertThat(get(edge, "/stream/cam/high/3.ts").body()).hasSize(1_003);
        JsonNode stream = row("/api/streams", "manifest", "cam");
        assertThat(stream.at("/segments/ok").asInt()).isEqualTo(3);
        assertThat(stream.at("/segments/failed").asInt()).isEqualTo(1);
        assertThat(stream.at("/lastSeq").asInt()).isEqualTo(3);
        assertThat(stream.at("/renditions")).hasSize(2);
    }

    @Test
    @Order(3)
    void playsAvroAnswers() throws Exception {
        SegmentResult result =
                SegmentResult.newBuilder()
                        .setRequestId("r")
                        .setManifestId("avro")
                        .setSeq(0)
                        .setDurationMs(2_000)
                        .setStatus("ok")
                        .setAcceptedAtMs(1)
                        .setAnsweredAtMs(2)
                        .setRenditions(
                                List.of(
                                        Rendition.newBuilder()
                                                .setName("low")
                                                .setWidth(426)
                                                .setHeight(240)
                                                .setFrames(60)
                                                .setPixels(6_134_400)
                                                .setBitrate(600_000)
                                                .setFormat(OutputFormat.MPEGTS)
                                                .setPayload(ByteBuffer.wrap(new byte[500]))
                                                .build()))
                        .build();
        send(Topics.RESULTS, "avro", RecordCodec.of(SegmentResult.class).encode(result));

        assertThat(await(edge, "/stream/avro.m3u8", r -> r.statusCode() == 200).body())
                .contains("RESOLUTION=426x240,FRAME-RATE=30.000");
    }

    @Test
    @Order(4)
    void garbageOnTheTopicsStopsNothing() throws Exception {
        send(Topics.RESULTS, "x", new byte[] {1, 2, 3});
        send(Topics.RENDITIONS, "x", new byte[] {1, 2, 3});
        send(Topics.SESSIONS, "x", new byte[] {1, 2, 3});
        send(Topics.WORKERS, "x", new byte[0]);
        raw("after", 0, "low", new byte[10], Map.of("livepeer-renditions", "1"));

        await(edge, "/stream/after.m3u8", r -> r.statusCode() == 200);
        alive();
        await(edge, "/readyz", r -> r.statusCode() == 200);
    }

    @Test
    @Order(5)
    void showsSessionsWorkersAndBalances() throws Exception {
        SessionEntry session =
                SessionEntry.newBuilder()
                        .setLease(
                                Lease.newBuilder()
                                        .setSessionId("manifest:cam|cam")
                                        .setAccount("manifest:cam")
                                        .setManifestId("cam")
                                        .setWorkerId("w1")
                                        .setLoadPixelsPerSecond(3_000_000)
                                        .setStartedAtMs(1)
                                        .setLastActivityMs(2)
                                        .setRecentLatencyMs(List.of(300, 100, 200))
                                        .build())
                        .build();
        byte[] sessionBytes = RecordCodec.of(SessionEntry.class).encode(session);
        send(Topics.SESSIONS, "manifest:cam|cam", sessionBytes);
        byte[] beat = RecordCodec.of(WorkerHeartbeat.class).encode(beat("w1"));
        send(
                Topics.WORKERS,
                "w1",
                beat,
                ClusterSecret.MAC_HEADER,
                SECRET.mac(Topics.WORKERS.baseName(), utf8("w1"), beat));
        byte[] forged = RecordCodec.of(WorkerHeartbeat.class).encode(beat("forged"));
        send(Topics.WORKERS, "forged", forged, ClusterSecret.MAC_HEADER, new byte[32]);
        send(
                Topics.LEDGER,
                "manifest:cam",
                RecordCodec.of(LedgerEntry.class).encode(new LedgerEntry(account(), 1L)));

        await(edge, "/api/sessions", r -> r.body().contains("manifest:cam|cam"));
        await(edge, "/api/workers", r -> r.body().contains("w1"));
        String ledger = await(edge, "/api/ledger/manifest:cam", r -> r.statusCode() == 200).body();

        assertThat(row("/api/sessions", "manifest", "cam").get("latencyP50Ms").asInt())
                .isEqualTo(200);
        assertThat(get(edge, "/api/workers").body()).doesNotContain("forged");
        JsonNode account = new ObjectMapper().readTree(ledger);
        assertThat(account.get("balance").asText()).isEqualTo("123456789012345678901234567890");
        assertThat(account.get("fees").asText()).isEqualTo("160000049/40");
        assertThat(get(edge, "/api/ledger/manifest:other").statusCode()).isEqualTo(404);
        assertThat(row("/api/sessions", "manifest", "cam").get("balance").asText())
                .isEqualTo("123456789012345678901234567890");
        assertThat(row("/api/workers", "worker", "w1").get("loadPixelsPerSecond").asLong())
                .isEqualTo(3_000_000);

        // When the session ends
        send(Topics.SESSIONS, "manifest:cam|cam", null);

        // Then it is gone
        await(edge, "/api/sessions", r -> r.body().equals("[]"));
    }

    @Test
    @Order(5)
    void tellsAHistoryAndRefusesWhatItCannotRead() throws Exception {
        Event event =
                Event.newBuilder()
                        .setStream("manifest:told")
                        .setSequence(1)
                        .setAttempt(1)
                        .setAtMs(5)
                        .setType("Charged")
                        .setNumbers(Map.of("fee", "123456789012345678901234567890"))
                        .build();
        send(Topics.EVENTS, "manifest:told", RecordCodec.of(Event.class).encode(event));

        for (String path :
                List.of("account/manifest:told", "account/manifest%3Atold", "stream/told")) {
            assertThat(get(edge, "/api/history/" + path).body())
                    .contains(
                            "\"number\":1,",
                            "\"type\":\"Charged\"",
                            "{\"fee\":\"123456789012345678901234567890\"}",
                            "\"olderBeforeMs\":null");
        }
        assertThat(get(edge, "/api/history/stream/told?before=1").body()).contains("\"events\":[]");
        for (String query : List.of("limit=0", "limit=501", "limit=x", "before=-1", "before=")) {
            assertThat(get(edge, "/api/history/stream/told?" + query).statusCode())
                    .as(query)
                    .isEqualTo(400);
        }
        for (String path :
                List.of("", "/", "/stream/", "/stream/a%2Fb", "/account/a%20b", "/x/y")) {
            assertThat(get(edge, "/api/history" + path).statusCode()).as(path).isEqualTo(404);
        }
        HttpResponse<String> foreign =
                CLIENT.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + edge.port()
                                                        + "/api/history/stream/told"))
                                .header("Origin", "http://evil.example")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(foreign.statusCode()).isEqualTo(403);
    }

    @Test
    @Order(6)
    void saysThatNoBrokerAnswers(@TempDir Path own) throws Exception {
        EmbeddedKafka gone = EmbeddedKafka.start(own, 0);
        KafkaAddress there = new KafkaAddress(gone.bootstrapServers(), "");
        try (TopicAdmin admin = new TopicAdmin(there)) {
            admin.create(1, 1);
        }
        EdgeOptions options =
                EdgeOptions.of(there, folder.resolve("lonely"))
                        .withBind(new InetSocketAddress("127.0.0.1", 0));
        try (EdgeServer lonely = new EdgeServer(options, store("lonely"))) {
            lonely.start();
            await(lonely, "/readyz", r -> r.body().contains("never heard of"));

            gone.close();
            await(lonely, "/readyz", r -> r.body().contains("where none answers"));
            assertThat(get(lonely, "/healthz").body()).contains(there.bootstrapServers());

            try (EmbeddedKafka back = EmbeddedKafka.start(own, gone.port())) {
                await(lonely, "/readyz", r -> r.body().contains("never heard of"));
            }
        }
    }

    @Test
    @Order(6)
    void anotherEdgeReadsTheLastMinutesBack() throws Exception {
        try (EdgeServer second = edge("second")) {
            second.start();
            alive();

            await(second, "/readyz", r -> r.statusCode() == 200);

            assertThat(get(second, "/stream/cam/low.m3u8").body())
                    .contains("low/0.ts")
                    .contains("low/3.ts");
        }
    }

    @Test
    @Order(7)
    void servesThePageItsPlayerAndSafeHeaders() throws Exception {
        HttpResponse<String> page = get(edge, "/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'self'");
        var links =
                java.util.regex.Pattern.compile("(?:src|href)=\"(/[^\"]+)\"").matcher(page.body());
        int found = 0;
        while (links.find()) {
            assertThat(get(edge, links.group(1)).statusCode()).as(links.group(1)).isEqualTo(200);
            found++;
        }
        assertThat(found).isGreaterThan(3);
        assertThat(get(edge, "/assets/hls.worker.js").statusCode()).isEqualTo(200);
        assertThat(get(edge, "/assets/../EdgeServer.class").statusCode()).isIn(400, 404);
        assertThat(get(edge, "/nowhere").headers().firstValue("x-content-type-options"))
                .contains("nosniff");
    }

    @Test
    @Order(8)
    void aTakenPortIsNamed() {
        EdgeOptions options =
                EdgeOptions.of(address, folder.resolve("third"))
                        .withBind(new InetSocketAddress("127.0.0.1", edge.port()));

        try (EdgeServer third = new EdgeServer(options, store("third"))) {
            assertThatThrownBy(third::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + edge.port());
        }
    }

    private static EdgeServer edge(String name) {
        EdgeOptions options =
                EdgeOptions.of(address, folder.resolve(name))
                        .withBind(new InetSocketAddress("127.0.0.1", 0))
                        .withSecret(SECRET);
        return new EdgeServer(options, store(name));
    }

    private static SharedDirectoryStore store(String name) {
        try {
            return new SharedDirectoryStore(StoreOptions.of(folder.resolve(name + "-store")));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void raw(
            String manifest, int seq, String rendition, byte[] media, Map<String, String> more)
            throws Exception {
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(address.topic(Topics.RENDITIONS), utf8(manifest), media);
        Map<String, String> headers =
                new java.util.HashMap<>(
                        Map.of(
                                "livepeer-seq", Integer.toString(seq),
                                "livepeer-status", "ok",
                                "livepeer-rendition", rendition,
                                "livepeer-renditions", "2",
                                "livepeer-duration-ms", "2000",
                                "livepeer-width", "640",
                                "livepeer-height", "360"));
        headers.putAll(more);
        headers.forEach((name, value) -> message.headers().add(name, utf8(value)));
        producer.send(message).get();
    }

    private static void send(Topics topic, String key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(address.topic(topic), utf8(key), value)).get();
    }

    private static void send(
            Topics topic, String key, byte[] value, String header, byte[] headerValue)
            throws Exception {
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(address.topic(topic), utf8(key), value);
        message.headers().add(header, headerValue);
        producer.send(message).get();
    }

    private static WorkerHeartbeat beat(String worker) {
        return WorkerHeartbeat.newBuilder()
                .setWorkerId(worker)
                .setIncarnation(1)
                .setBeat(0)
                .setAddress("127.0.0.1:1")
                .setHost("h")
                .setVersion("0.1.0")
                .setCapabilities(List.of("decode:h264"))
                .setCapacityPixelsPerSecond(1_000_000)
                .setMaxSessions(10)
                .setSlots(2)
                .setSentAtMs(1)
                .build();
    }

    private static AccountState account() {
        return AccountState.newBuilder()
                .setAccount("manifest:cam")
                .setGranted(rational("0", "1"))
                .setTicketCredit(rational("0", "1"))
                .setBalance(rational("123456789012345678901234567890", "1"))
                .setReserved(rational("0", "1"))
                .setFees(rational("160000049", "40"))
                .setExpired(rational("0", "1"))
                .setCreditLimit(rational("0", "1"))
                .build();
    }

    private static Rational rational(String numerator, String denominator) {
        return new Rational(
                ByteBuffer.wrap(new java.math.BigInteger(numerator).toByteArray()),
                ByteBuffer.wrap(new java.math.BigInteger(denominator).toByteArray()));
    }

    private static JsonNode row(String path, String field, String value) throws Exception {
        for (JsonNode row : new ObjectMapper().readTree(get(edge, path).body())) {
            if (row.get(field).asText().equals(value)) {
                return row;
            }
        }
        throw new AssertionError("no row of " + path + " has " + field + " = " + value);
    }

    private static HttpResponse<String> await(
            EdgeServer server, String path, Predicate<HttpResponse<String>> until)
            throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        HttpResponse<String> answer = get(server, path);
        while (!until.test(answer)) {
            assertThat(System.nanoTime())
                    .as("%s still answers %s %s", path, answer.statusCode(), answer.body())
                    .isLessThan(deadline);
            Thread.sleep(50);
            answer = get(server, path);
        }
        return answer;
    }

    private static HttpResponse<String> get(EdgeServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return CLIENT.send(
                HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
