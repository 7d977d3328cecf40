package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.EndTranscodingSessionRequest;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TranscodeResult;

/**
 * Exchanges between a gateway and an orchestrator of go-livepeer 0.9.1, made again at our edge:
 * tokens, session ids and addresses are new, and so is the media (with its hash) where the record
 * does not have it; every other byte of the request is kept. Differences that remain stand in
 * {@code schemas/PARITY.md}.
 */
class RecordedExchangesIT {
    private static final String RECORDED_URI = "https://127.0.0.1:9000";

    /** Bits that the recorded node advertises and ours does not: S3, GCS, VP8, AI pipelines. */
    private static final long NOT_OURS = bits(5, 6, 17, 27, 28, 29, 30, 31, 32, 34, 36);

    @TempDir static Path folder;
    private static final TreeMap<Integer, JsonNode> EXCHANGES = new TreeMap<>();
    private static WireBench bench;
    private static OrchestratorServer edge;
    private static WebClient client;

    private static long bits(int... numbers) {
        return Arrays.stream(numbers).mapToLong(n -> 1L << n).reduce(0, (a, b) -> a | b);
    }

    @BeforeAll
    static void begin() throws Exception {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Objects.requireNonNull(
                                                RecordedExchangesIT.class.getResourceAsStream(
                                                        "/wire/video-offchain.jsonl.gz"))),
                                UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode exchange = json.readTree(line);
                EXCHANGES.put(exchange.get("seq").asInt(), exchange);
            }
        }
        bench = new WireBench(folder);
        edge = bench.edge("https", "edge", WireLimits.DEFAULT);
        client = WireBench.http(edge, "h2");
    }

    @AfterAll
    static void end() throws Exception {
        edge.close();
        bench.close();
    }

    private static JsonNode exchange(int seq) {
        bench.jobSpeaks();
        bench.worker(
                10,
                "decode:h264",
                "encode:h264",
                "format:mpegts",
                "format:mp4",
                "perceptual-hash",
                "decode:h264-yuv444p",
                "decode:h264-yuv422p",
                "decode:h264-yuv444p10le",
                "decode:h264-yuv422p10le",
                "decode:h264-yuv420p10le");
        return Objects.requireNonNull(EXCHANGES.get(seq));
    }

    private static byte[] body(JsonNode side) {
        return Base64.getDecoder().decode(side.path("body_b64").asText(""));
    }

    private static AggregatedHttpResponse send(
            JsonNode exchange, String path, byte[] body, SegData segment) {
        RequestHeadersBuilder headers =
                RequestHeaders.builder(HttpMethod.valueOf(exchange.get("method").asText()), path);
        exchange.get("request")
                .get("headers")
                .properties()
                .forEach(
                        h -> {
                            String name = h.getKey().toLowerCase(java.util.Locale.ROOT);
                            if (!Set.of("content-length", "livepeer-segment").contains(name)) {
                                headers.set(name, h.getValue().get(0).asText());
                            }
                        });
        if (segment != null) {
            headers.set("livepeer-segment", WireBench.header(segment));
        }
        boolean first = exchange.get("proto").asText().equals("HTTP/1.1");
        return (first ? WireBench.http(edge, "h1") : client)
                .execute(headers.build(), HttpData.wrap(body))
                .aggregate()
                .join();
    }

    /** Status and every header but the date, and the type of media, which PARITY.md explains. */
    private static void sameFace(JsonNode exchange, AggregatedHttpResponse ours) {
        assertThat(ours.status().code()).isEqualTo(exchange.get("status").asInt());
        TreeMap<String, String> theirs = new TreeMap<>();
        exchange.get("response")
                .get("headers")
                .properties()
                .forEach(
                        h ->
                                theirs.put(
                                        h.getKey().toLowerCase(java.util.Locale.ROOT),
                                        h.getValue().get(0).asText()));
        TreeMap<String, String> own = new TreeMap<>();
        ours.headers().forEach((name, value) -> own.put(name.toString(), value));
        own.remove(":status");
        theirs.remove("date");
        own.remove("date");
        if (exchange.get("path").asText().startsWith("/stream/")) {
            theirs.remove("content-type");
            assertThat(own.remove("content-type")).isEqualTo("video/mp2t");
        }
        assertThat(own).containsAllEntriesOf(theirs);
        own.keySet().removeAll(theirs.keySet());
        own.keySet().removeAll(Set.of("grpc-accept-encoding", "grpc-encoding", "grpc-status"));
        assertThat(own).isEmpty();
    }

    private static void sameInfo(OrchestratorInfo theirs, OrchestratorInfo ours, AuthToken token) {
        assertThat(ours.getTranscoder()).isEqualTo(edge.serviceUri());
        assertThat(theirs.getTranscoder()).isEqualTo(RECORDED_URI);
        assertThat(ours.getAuthToken()).isEqualTo(token);
        long theirBits = theirs.getCapabilities().getBitstring(0);
        assertThat(ours.getCapabilities().getBitstringCount()).isEqualTo(1);
        assertThat(theirBits & ~ours.getCapabilities().getBitstring(0) & ~NOT_OURS).isZero();
        assertThat(ours.getCapabilities().getCapacitiesMap().keySet())
                .isSubsetOf(union(theirs.getCapabilities().getCapacitiesMap().keySet()));
        OrchestratorInfo.Builder left = theirs.toBuilder().clearTranscoder().clearAuthToken();
        OrchestratorInfo.Builder right = ours.toBuilder().clearTranscoder().clearAuthToken();
        left.clearCapabilities();
        right.clearCapabilities().clearNodes();
        assertThat(right.build()).isEqualTo(left.build());
        assertThat(ours.getCapabilities().hasConstraints()).isTrue();
    }

    private static Set<Integer> union(Set<Integer> theirs) {
        Set<Integer> all = new java.util.HashSet<>(theirs);
        all.addAll(List.of(21, 22, 23, 24, 25));
        return all;
    }

    private static byte[] message(byte[] frame) {
        return frame.length <= 5 ? new byte[0] : Arrays.copyOfRange(frame, 5, frame.length);
    }

    private static byte[] frame(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    @Test
    void ping() {
        JsonNode exchange = exchange(1);

        AggregatedHttpResponse ours =
                send(exchange, exchange.get("path").asText(), body(exchange.get("request")), null);

        sameFace(exchange, ours);
        assertThat(ours.content().array()).isEqualTo(body(exchange.get("response")));
        assertThat(ours.trailers().get("grpc-status")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 103, 110})
    void getOrchestrator(int seq) throws Exception {
        JsonNode exchange = exchange(seq);

        AggregatedHttpResponse ours =
                send(exchange, exchange.get("path").asText(), body(exchange.get("request")), null);

        sameFace(exchange, ours);
        OrchestratorInfo info = OrchestratorInfo.parseFrom(message(ours.content().array()));
        sameInfo(
                OrchestratorInfo.parseFrom(message(body(exchange.get("response")))),
                info,
                info.getAuthToken());
        assertThat(info.getAuthToken().getToken().size()).isGreaterThan(32);
    }

    @Test
    void endTranscodingSession() throws Exception {
        JsonNode exchange = exchange(96);
        EndTranscodingSessionRequest recorded =
                EndTranscodingSessionRequest.parseFrom(message(body(exchange.get("request"))));
        EndTranscodingSessionRequest anew =
                recorded.toBuilder().setAuthToken(WireBench.token(edge)).build();

        AggregatedHttpResponse ours =
                send(exchange, exchange.get("path").asText(), frame(anew.toByteArray()), null);

        sameFace(exchange, ours);
        assertThat(ours.content().array()).isEqualTo(body(exchange.get("response")));
    }

    @ParameterizedTest
    @ValueSource(ints = {43, 65, 99, 100})
    void segmentsThatFailed(int seq) throws Exception {
        JsonNode exchange = exchange(seq);
        TranscodeResult theirs = TranscodeResult.parseFrom(body(exchange.get("response")));
        String reason =
                theirs.getError().equals("no transcoders available")
                        ? "WorkerUnavailable"
                        : theirs.getError();
        bench.job.answers(s -> EchoJob.answer(s, reason, List.of()));
        AuthToken token = WireBench.token(edge);

        AggregatedHttpResponse ours = segment(exchange, token);

        sameFace(exchange, ours);
        TranscodeResult result = TranscodeResult.parseFrom(ours.content().array());
        assertThat(result.getError()).isEqualTo(theirs.getError());
        assertThat(result.getSeq()).isEqualTo(theirs.getSeq());
        sameInfo(theirs.getInfo(), result.getInfo(), token);
    }

    private static AggregatedHttpResponse segment(JsonNode exchange, AuthToken token)
            throws Exception {
        byte[] media = body(exchange.get("request"));
        SegData.Builder segment =
                SegData.parseFrom(
                                Base64.getDecoder()
                                        .decode(
                                                exchange.get("request")
                                                        .get("headers")
                                                        .get("Livepeer-Segment")
                                                        .get(0)
                                                        .asText()))
                        .toBuilder()
                        .setAuthToken(token);
        if (media.length == 0) {
            media = new byte[exchange.get("request").get("length").asInt()];
            segment.setHash(ByteString.copyFrom(Keccak256.of(media)));
        }
        return send(exchange, "/segment", media, segment.build());
    }

    @ParameterizedTest
    @ValueSource(ints = {104, 109})
    void segmentsAndTheirRenditions(int seq) throws Exception {
        // Given the renditions that were recorded
        JsonNode exchange = exchange(seq);
        TranscodeResult theirs = TranscodeResult.parseFrom(body(exchange.get("response")));
        List<JsonNode> downloads = new ArrayList<>();
        for (var segment : theirs.getData().getSegmentsList()) {
            String path = segment.getUrl().substring(RECORDED_URI.length());
            downloads.add(
                    EXCHANGES.values().stream()
                            .filter(e -> e.get("path").asText().equals(path))
                            .findFirst()
                            .orElseThrow());
        }
        bench.job.answers(s -> EchoJob.answer(s, "ok", renditions(s, downloads, theirs)));
        AuthToken token = WireBench.token(edge);

        // When
        AggregatedHttpResponse ours = segment(exchange, token);

        // Then
        sameFace(exchange, ours);
        TranscodeResult result = TranscodeResult.parseFrom(ours.content().array());
        sameInfo(theirs.getInfo(), result.getInfo(), token);
        String session = theirs.getInfo().getAuthToken().getSessionId();
        TranscodeResult.Builder expected = theirs.toBuilder().setInfo(result.getInfo());
        for (var segment : expected.getDataBuilder().getSegmentsBuilderList()) {
            segment.setUrl(
                    segment.getUrl()
                            .replace(RECORDED_URI, edge.serviceUri())
                            .replace(session, token.getSessionId()));
        }
        assertThat(result).isEqualTo(expected.build());
        for (JsonNode download : downloads) {
            String path = download.get("path").asText().replace(session, token.getSessionId());
            AggregatedHttpResponse rendition = send(download, path, new byte[0], null);
            sameFace(download, rendition);
            assertThat(rendition.content().array()).isEqualTo(body(download.get("response")));
        }
    }

    private static List<Rendition> renditions(
            Segment segment, List<JsonNode> downloads, TranscodeResult theirs) {
        List<Rendition> renditions = new ArrayList<>();
        for (int i = 0; i < downloads.size(); i++) {
            Rendition one =
                    EchoJob.rendition(
                            segment.getProfiles().get(i),
                            ByteBuffer.wrap(body(downloads.get(i).get("response"))),
                            1);
            one.setPixels(theirs.getData().getSegments(i).getPixels());
            renditions.add(one);
        }
        return renditions;
    }
}
