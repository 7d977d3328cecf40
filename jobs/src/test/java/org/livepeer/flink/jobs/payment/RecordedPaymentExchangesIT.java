package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.WorkerAddress;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PaymentResult;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;
import org.livepeer.flink.schemas.net.TranscodeResult;

/**
 * Requests of a paying gateway, good and ill-formed, as they were recorded with a go-livepeer 0.9.1
 * orchestrator on chain, made again in their order at our edge with the whole job behind it:
 * session, token, parameters and signatures are new, by the recorded accounts' keys; every other
 * byte is kept. Where the answer differs on purpose, {@code schemas/PARITY.md} says why.
 */
class RecordedPaymentExchangesIT {
    private static final long BLOCK = 1_000_000;

    /** Of the recorded answers. */
    private static final long PIXELS_160 = 1_363_200;

    private static final long PIXELS_90 = 288_000;

    /** Answers that differ on purpose. */
    private static final Map<String, String> ON_PURPOSE =
            Map.of(
                    "segment: no tickets, expected price 0/1",
                    "400 Insufficient balance",
                    "segment: no tickets and no expected price in the payment",
                    "400 Insufficient balance");

    @TempDir static Path folder;
    private static final List<JsonNode> EXCHANGES = new ArrayList<>();
    private static final Map<String, AccountKey> KEYS = new HashMap<>();
    private static JsonNode bodies;
    private static PaidBench bench;
    private static OrchestratorServer edge;
    private static WebClient client;

    /** Our session in the place of a recorded one, and what it was told last. */
    private static final Map<String, OrchestratorInfo> SESSIONS = new HashMap<>();

    private static final Map<ByteString, Payment> MADE_BEFORE = new HashMap<>();

    @BeforeAll
    static void begin() throws Exception {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Objects.requireNonNull(
                                                RecordedPaymentExchangesIT.class
                                                        .getResourceAsStream(
                                                                "/wire/video-onchain.jsonl.gz"))),
                                UTF_8))) {
            JsonNode meta = json.readTree(lines.readLine()).path("_meta");
            bodies = meta.path("bodies");
            for (JsonNode each : meta.path("accounts")) {
                String key = each.path("privateKey").asText().substring(2);
                KEYS.put(
                        each.path("address").asText().toLowerCase(Locale.ROOT),
                        new AccountKey(HexFormat.of().parseHex(key)));
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                EXCHANGES.add(json.readTree(line));
            }
        }
        AccountKey node = key("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
        bench = new PaidBench(folder, node, BLOCK, new RecordedPixels());
        for (AccountKey each : KEYS.values()) {
            if (!each.address().equals(node.address())) {
                bench.chain.funds(
                        each.address(), ChainRowsWriter.ETHER.multiply(BigInteger.TEN), 0);
            }
        }
        bench.chain.funds(
                key("0x02484cb50aac86eae85610d6f4bf026f30f6627d").address(), BigInteger.ZERO, 0);
        edge =
                bench.orchestrator(
                        "edge",
                        Fraction.of(4_000_000),
                        new Recipient.Terms(
                                BigInteger.valueOf(2_000_000_000_000L),
                                350_000,
                                BigInteger.valueOf(8_000_000_000_000L)));
        client =
                WebClient.builder("h2://127.0.0.1:" + edge.port())
                        .factory(ClientFactory.insecure())
                        .responseTimeoutMillis(60_000)
                        .maxResponseLength(0)
                        .build();
    }

    @AfterAll
    static void end() {
        edge.close();
        bench.close();
    }

    private static AccountKey key(String address) {
        return Objects.requireNonNull(KEYS.get(address), address);
    }

    /** As many pixels as the recorded transcoder made of the one source that there is. */
    private static final class RecordedPixels implements WorkerClient.Factory {
        private static final long serialVersionUID = 1L;

        @Override
        public WorkerClient create() {
            return new WorkerClient() {
                @Override
                public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                    List<Rendition> renditions = new ArrayList<>();
                    for (Profile profile : order.placed().getRequest().getProfiles()) {
                        long pixels = profile.getName().equals("160p") ? PIXELS_160 : PIXELS_90;
                        renditions.add(
                                Rendition.newBuilder()
                                        .setName(profile.getName())
                                        .setWidth(profile.getWidth())
                                        .setHeight(profile.getHeight())
                                        .setFrames(1)
                                        .setPixels(pixels)
                                        .setBitrate(profile.getBitrate())
                                        .setFormat(profile.getFormat())
                                        .setPayload(ByteBuffer.wrap(new byte[] {0x47}))
                                        .build());
                    }
                    return CompletableFuture.completedFuture(
                            new Done(renditions, 1, 1, order.keptOnly()));
                }

                @Override
                public void close() {}
            };
        }
    }

    @TestFactory
    Stream<DynamicTest> theAnswersAreTheSame() {
        return EXCHANGES.stream()
                .filter(e -> !e.path("path").asText().startsWith("/net."))
                .map(e -> DynamicTest.dynamicTest(e.path("scenario").asText(), () -> again(e)));
    }

    private static String header(JsonNode exchange, String name) {
        for (var each : exchange.path("request").path("headers").properties()) {
            if (each.getKey().equalsIgnoreCase(name)) {
                return each.getValue().get(0).asText();
            }
        }
        return "";
    }

    private static void again(JsonNode exchange) throws Exception {
        String scenario = exchange.path("scenario").asText();
        String paymentHeader = header(exchange, "Livepeer-Payment");
        String segmentHeader = header(exchange, "Livepeer-Segment");
        SegData recorded = segment(segmentHeader);
        SegData segment = recorded == null ? null : withToken(recorded, scenario);
        Payment theirs = payment(paymentHeader);
        Payment payment =
                theirs == null || recorded == null
                        ? theirs
                        : payment(theirs, session(recorded), scenario);
        RequestHeadersBuilder headers =
                RequestHeaders.builder(
                        HttpMethod.valueOf(exchange.path("method").asText()),
                        exchange.path("path").asText());
        headers.set("content-type", "video/MP2T");
        if (!paymentHeader.isEmpty()) {
            headers.set(
                    "livepeer-payment",
                    payment == null ? paymentHeader : encoded(payment.toByteArray()));
        }
        if (!segmentHeader.isEmpty()) {
            headers.set(
                    "livepeer-segment",
                    segment == null ? segmentHeader : encoded(segment.toByteArray()));
        }

        AggregatedHttpResponse response =
                client.execute(headers.build(), HttpData.wrap(body(exchange))).aggregate().join();

        int status = exchange.path("status").asInt();
        String expected =
                ON_PURPOSE.getOrDefault(
                        scenario,
                        status
                                + (status == 200
                                        ? ""
                                        : " "
                                                + new String(
                                                                Base64.getDecoder()
                                                                        .decode(
                                                                                exchange.path(
                                                                                                "response")
                                                                                        .path(
                                                                                                "body_b64")
                                                                                        .asText()),
                                                                UTF_8)
                                                        .strip()));
        String said =
                response.status().code()
                        + (response.status().code() == 200
                                ? ""
                                : " " + response.contentUtf8().strip());
        assertThat(legible(said)).isEqualTo(legible(expected));
        if (response.status().code() == 200 && recorded != null) {
            OrchestratorInfo info =
                    exchange.path("path").asText().equals("/payment")
                            ? PaymentResult.parseFrom(response.content().array()).getInfo()
                            : TranscodeResult.parseFrom(response.content().array()).getInfo();
            assertThat(info.getPriceInfo())
                    .isEqualTo(
                            PriceInfo.newBuilder()
                                    .setPricePerUnit(160_000_049)
                                    .setPixelsPerUnit(40)
                                    .build());
            SESSIONS.put(session(recorded), info);
        } else if (response.status().code() != 200) {
            assertThat(response.headers().get("content-type"))
                    .isEqualTo("text/plain; charset=utf-8");
            assertThat(response.headers().get("x-content-type-options")).isEqualTo("nosniff");
        }
    }

    /** Go's protobuf writes one of two kinds of space, by the day on which it was built. */
    private static String legible(String text) {
        return text.replace('\u00a0', ' ');
    }

    private static byte[] body(JsonNode exchange) {
        JsonNode request = exchange.path("request");
        String base64 =
                request.path("body_b64").isTextual()
                        ? request.path("body_b64").asText()
                        : bodies.path(request.path("sha256").asText()).asText("");
        return Base64.getDecoder().decode(base64);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Null when it cannot be read, or is not there. */
    private static SegData segment(String header) {
        try {
            return header.isEmpty() ? null : SegData.parseFrom(Base64.getDecoder().decode(header));
        } catch (IllegalArgumentException | com.google.protobuf.InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static Payment payment(String header) {
        try {
            return header.isEmpty() ? null : Payment.parseFrom(Base64.getDecoder().decode(header));
        } catch (IllegalArgumentException | com.google.protobuf.InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static String session(SegData recorded) {
        return recorded.getAuthToken().getSessionId();
    }

    private static OrchestratorInfo ours(String session) {
        return SESSIONS.computeIfAbsent(
                session,
                id -> {
                    PayingGateway gateway =
                            new PayingGateway(
                                    key("0x71be63f3384f5fb98995898a86b02fb2426c5788"),
                                    edge.port(),
                                    List.of());
                    return gateway.hello();
                });
    }

    private static SegData withToken(SegData recorded, String scenario) {
        if (!recorded.hasAuthToken()) {
            return recorded;
        }
        AuthToken.Builder token = ours(session(recorded)).getAuthToken().toBuilder();
        if (scenario.endsWith("one bit changed") && scenario.contains("auth token")) {
            token.setToken(flipped(token.getToken()));
        } else if (scenario.contains("later expiration")) {
            token.setExpiration(token.getExpiration() + 600);
        } else if (scenario.contains("another session id")) {
            token.setSessionId(session(recorded));
            token.setToken(ours("another").getAuthToken().getToken());
        }
        return recorded.toBuilder().setAuthToken(token).build();
    }

    private static ByteString flipped(ByteString bytes) {
        byte[] all = bytes.toByteArray();
        all[all.length - 1] ^= 1;
        return ByteString.copyFrom(all);
    }

    private static ByteString plus(ByteString number, long more) {
        byte[] sum =
                new BigInteger(1, number.toByteArray()).add(BigInteger.valueOf(more)).toByteArray();
        int from = sum[0] == 0 ? 1 : 0;
        return ByteString.copyFrom(sum, from, sum.length - from);
    }

    /** The recorded payment with our parameters of the session, damaged as the recorded one is. */
    private static Payment payment(Payment theirs, String session, String scenario) {
        if (!theirs.hasTicketParams()) {
            return theirs;
        }
        return MADE_BEFORE.computeIfAbsent(
                theirs.toByteString(), same -> made(theirs, ours(session), scenario));
    }

    private static Payment made(Payment theirs, OrchestratorInfo info, String scenario) {
        TicketParams offer = info.getTicketParams();
        Payment.Builder payment =
                theirs.toBuilder()
                        .setTicketParams(offer.toBuilder().clearExpirationParams())
                        .setExpirationParams(offer.getExpirationParams())
                        .clearTicketSenderParams();
        if (theirs.hasExpectedPrice() && theirs.getExpectedPrice().getPixelsPerUnit() != 0) {
            payment.setExpectedPrice(info.getPriceInfo());
        }
        AccountKey signer =
                KEYS.getOrDefault(
                        "0x" + HexFormat.of().formatHex(theirs.getSender().toByteArray()),
                        key("0x71be63f3384f5fb98995898a86b02fb2426c5788"));
        if (scenario.contains("signed by another key") && scenario.contains("ticket")) {
            signer = key("0xfabb0ac9d68b0b445fb7357272ff202c5651694a");
        }
        PayingGateway sender =
                new PayingGateway(
                        key("0x71be63f3384f5fb98995898a86b02fb2426c5788"), edge.port(), List.of());
        int number = 0;
        for (TicketSenderParams each : theirs.getTicketSenderParamsList()) {
            number++;
            byte[] signature =
                    signer.sign(
                            sender.ticket(offer, Integer.toUnsignedLong(each.getSenderNonce()))
                                    .hash());
            boolean bad =
                    scenario.contains("all ticket signatures bad")
                            || scenario.contains("bad ticket signature")
                            || (scenario.contains("ticket 2 of 3") && number == 2);
            ByteString kept = ByteString.copyFrom(signature);
            payment.addTicketSenderParams(
                    each.toBuilder().setSig(bad ? damaged(kept) : kept).build());
        }
        damage(payment, theirs, scenario);
        return payment.build();
    }

    /** Another signature, not another form of none. */
    private static ByteString damaged(ByteString signature) {
        byte[] all = signature.toByteArray();
        all[40] ^= 1;
        return ByteString.copyFrom(all);
    }

    private static void damage(Payment.Builder payment, Payment theirs, String scenario) {
        TicketParams.Builder params = payment.getTicketParamsBuilder();
        switch (scenario.replaceFirst("^segment: ", "")) {
            case "ticket params with another recipient" ->
                    params.setRecipient(theirs.getTicketParams().getRecipient());
            case "ticket params with a changed seed" -> params.setSeed(plus(params.getSeed(), 1));
            case "ticket params with a changed recipientRandHash" ->
                    params.setRecipientRandHash(flipped(params.getRecipientRandHash()));
            case "ticket params with face value + 1" ->
                    params.setFaceValue(plus(params.getFaceValue(), 1));
            case "ticket params with a changed winProb" ->
                    params.setWinProb(plus(params.getWinProb(), 1));
            case "ticket params with expirationBlock + 100" ->
                    params.setExpirationBlock(plus(params.getExpirationBlock(), 100));
            case "expiration params with creationRound - 1" ->
                    payment.getExpirationParamsBuilder()
                            .setCreationRound(payment.getExpirationParams().getCreationRound() - 1);
            case "expiration params with another block hash" ->
                    payment.getExpirationParamsBuilder()
                            .setCreationRoundBlockHash(
                                    flipped(
                                            payment.getExpirationParams()
                                                    .getCreationRoundBlockHash()));
            case "expected price one wei lower than in the ticket params" ->
                    payment.getExpectedPriceBuilder()
                            .setPricePerUnit(
                                    payment.getExpectedPrice().getPricePerUnit()
                                            - payment.getExpectedPrice().getPixelsPerUnit());
            default -> {
                return;
            }
        }
    }
}
