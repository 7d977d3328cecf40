package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.EndTranscodingSessionRequest;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketExpirationParams;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;
import org.livepeer.flink.schemas.net.TranscodeResult;

/**
 * Damaged requests of every kind that the orchestrator's port takes: each gets an answer or loses
 * its connection, and nothing else comes of it.
 *
 * <p>{@code -Dlivepeer.fuzz.requests=100000} for the long run, {@code -Dlivepeer.fuzz.seed=1}.
 */
class WireFuzzIT {
    private static final int REQUESTS = Integer.getInteger("livepeer.fuzz.requests", 2_000);
    private static final long SEED = Long.getLong("livepeer.fuzz.seed", System.currentTimeMillis());

    /** What an edge logs with. */
    private static final Path LOGS = Path.of("../../jobs/src/main/dist/conf/log4j2.properties");

    private static final String[] METHODS = {
        "GetOrchestrator", "Ping", "EndTranscodingSession", "Nothing"
    };
    private static final String[] TYPES = {
        "application/grpc", "application/grpc+proto", "application/grpc-web", "text/plain", ""
    };

    private final Mutations mutations = new Mutations(SEED);
    private final Map<String, Integer> outcomes = new TreeMap<>();

    @AfterEach
    void logsOfTests() {
        Configurator.reconfigure();
    }

    @Test
    void everyDamagedRequestIsAnsweredAndNothingElse(@TempDir Path folder) throws Exception {
        System.out.println("fuzz: seed " + SEED + ", " + REQUESTS + " requests");
        Configurator.reconfigure(LOGS.toUri());
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        try (LogWatch log = new LogWatch();
                WireBench bench = new WireBench(folder);
                OrchestratorServer edge = bench.edge("https", "edge", WireLimits.DEFAULT)) {
            WebClient h2 = WireBench.http(edge, "h2");
            WebClient h1 = WireBench.http(edge, "h1");
            bench.jobSpeaks();
            AuthToken token = WireBench.token(edge);
            long held = 0;
            for (int i = 0; i < REQUESTS; i++) {
                bench.jobSpeaks();
                WebClient client = i % 2 == 0 ? h2 : h1;
                switch (i % 5) {
                    case 0 -> segment(client, token);
                    case 1 -> payment(client, token);
                    case 2 -> path(client, token);
                    case 3 -> call(client, token);
                    default -> raw(edge, token);
                }
                if (i == REQUESTS / 2) {
                    held = direct();
                }
            }
            System.out.println("fuzz: " + outcomes + ", direct memory " + held + " " + direct());
            media(h2, token);
            assertThat(direct() - held).as("direct memory in use").isLessThan(8 << 20);
            System.gc();
            media(h2, token);
            assertThat(log.alarms).isEmpty();
        }
    }

    /** A whole segment is served as ever. */
    private void media(WebClient client, AuthToken token) throws Exception {
        byte[] media = mutations.bytes(1_000);
        AggregatedHttpResponse whole =
                WireBench.post(
                        client,
                        "/segment",
                        "",
                        WireBench.header(WireBench.segment(token, 1, media, "a").build()),
                        media);
        assertThat(TranscodeResult.parseFrom(whole.content().array()).getError()).isEmpty();
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private void segment(WebClient client, AuthToken token) {
        byte[] media = mutations.bytes(mutations.below(2_000));
        SegData whole =
                WireBench.segment(token, mutations.below(1_000), media, "240p", "360p").build();
        String header = damaged(whole.toByteArray());
        String payment = mutations.below(4) == 0 ? damaged(payment(token).toByteArray()) : "";
        send(
                client,
                RequestHeaders.builder(HttpMethod.POST, "/segment")
                        .set("content-type", mutations.below(8) == 0 ? "x/y" : "video/MP2T")
                        .set("livepeer-payment", payment)
                        .set("livepeer-segment", header),
                mutations.below(3) == 0 ? mutations.of(media) : media);
    }

    private void payment(WebClient client, AuthToken token) {
        boolean refresh = mutations.below(4) == 0;
        RequestHeadersBuilder headers =
                RequestHeaders.builder(HttpMethod.POST, refresh ? "/refresh-payment" : "/payment");
        headers.set("livepeer-payment", damaged(payment(token).toByteArray()));
        if (mutations.below(2) == 0) {
            headers.set(
                    "livepeer-segment",
                    damaged(WireBench.segment(token, 1, new byte[1], "a").build().toByteArray()));
        }
        send(client, headers, refresh ? mutations.bytes(mutations.below(200)) : new byte[0]);
    }

    private void path(WebClient client, AuthToken token) {
        byte[] path = ("/stream/" + token.getSessionId() + "/240p/1.ts").getBytes(ISO_8859_1);
        String damaged = new String(mutations.of(path), ISO_8859_1);
        String sent =
                mutations.below(2) == 0
                        ? damaged.replaceAll("[^!-~]", "%25")
                        : "/stream/" + URLEncoder.encode(damaged, ISO_8859_1);
        String absolute = sent.startsWith("/") ? sent : "/" + sent;
        if (absolute.startsWith("//")) {
            absolute = absolute.substring(1);
        }
        HttpMethod method = mutations.below(8) == 0 ? HttpMethod.DELETE : HttpMethod.GET;
        send(client, RequestHeaders.builder(method, absolute), new byte[0]);
    }

    private void call(WebClient client, AuthToken token) {
        byte[] message =
                mutations.below(2) == 0
                        ? EndTranscodingSessionRequest.newBuilder()
                                .setAuthToken(token)
                                .build()
                                .toByteArray()
                        : OrchestratorRequest.newBuilder()
                                .setAddress(ByteString.copyFrom(new byte[20]))
                                .setSig(ByteString.copyFrom(mutations.bytes(65)))
                                .build()
                                .toByteArray();
        byte[] damaged = mutations.below(4) == 0 ? message : mutations.of(message);
        ByteBuffer frame =
                ByteBuffer.allocate(5 + damaged.length)
                        .put((byte) 0)
                        .putInt(damaged.length)
                        .put(damaged);
        byte[] body = mutations.below(3) == 0 ? mutations.of(frame.array()) : frame.array();
        send(
                client,
                RequestHeaders.builder(
                                HttpMethod.POST,
                                "/net.Orchestrator/" + METHODS[mutations.below(METHODS.length)])
                        .set("content-type", TYPES[mutations.below(TYPES.length)])
                        .set("te", "trailers"),
                body);
    }

    /** Damaged HTTP/1.1 text or HTTP/2 frames on a socket of its own. */
    private void raw(OrchestratorServer edge, AuthToken token) throws Exception {
        byte[] text =
                ("POST /segment HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                + "Livepeer-Segment: "
                                + WireBench.header(
                                        WireBench.segment(token, 1, new byte[3], "a").build())
                                + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
                        .getBytes(ISO_8859_1);
        byte[] frames =
                ByteBuffer.allocate(24 + 9 + 9 + 14)
                        .put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1))
                        .put(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0})
                        .put(new byte[] {0, 0, 5, 1, 5, 0, 0, 0, 1})
                        .put(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 0x01})
                        .put(new byte[] {0, 0, 0, 3, 0, 0, 0, 0, 1})
                        .array();
        try (Socket socket = WireBench.tls(edge)) {
            socket.setSoTimeout(50);
            socket.getOutputStream().write(mutations.of(mutations.below(2) == 0 ? text : frames));
            socket.shutdownOutput();
            int first = socket.getInputStream().read();
            outcomes.merge(first < 0 ? "closed" : "raw answer", 1, Integer::sum);
        } catch (IOException e) {
            outcomes.merge("raw " + e.getClass().getSimpleName(), 1, Integer::sum);
        }
    }

    private static Payment payment(AuthToken token) {
        TicketExpirationParams expiration =
                TicketExpirationParams.newBuilder()
                        .setCreationRound(3)
                        .setCreationRoundBlockHash(ByteString.copyFrom(new byte[32]))
                        .build();
        return Payment.newBuilder()
                .setTicketParams(
                        TicketParams.newBuilder()
                                .setRecipient(ByteString.copyFrom(new byte[20]))
                                .setFaceValue(ByteString.copyFrom(new byte[] {1, 0}))
                                .setWinProb(ByteString.copyFrom(new byte[32]))
                                .setRecipientRandHash(ByteString.copyFrom(new byte[32]))
                                .setSeed(ByteString.copyFrom(new byte[32]))
                                .setExpirationBlock(ByteString.copyFrom(new byte[] {9}))
                                .setExpirationParams(expiration))
                .setSender(ByteString.copyFrom(new byte[20]))
                .setExpirationParams(expiration)
                .addTicketSenderParams(
                        TicketSenderParams.newBuilder()
                                .setSenderNonce(1)
                                .setSig(ByteString.copyFrom(new byte[65])))
                .setExpectedPrice(PriceInfo.newBuilder().setPricePerUnit(1).setPixelsPerUnit(1))
                .build();
    }

    /** Mostly a damaged message; else damaged base64. */
    private String damaged(byte[] message) {
        if (mutations.below(4) > 0) {
            return Base64.getEncoder().encodeToString(mutations.of(message));
        }
        byte[] text = Base64.getEncoder().encode(message);
        return new String(mutations.of(text), ISO_8859_1).replaceAll("[^!-~]", "=");
    }

    private void send(WebClient client, RequestHeadersBuilder headers, byte[] body) {
        String outcome =
                client.execute(headers.build(), HttpData.wrap(body))
                        .aggregate()
                        .handle(
                                (response, failure) ->
                                        failure != null
                                                ? failure.getClass().getSimpleName()
                                                : Integer.toString(response.status().code()))
                        .join();
        assertThat(outcome).as("answer to " + headers.path()).doesNotContain("Timeout");
        outcomes.merge(outcome, 1, Integer::sum);
    }
}
