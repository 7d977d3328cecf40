package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.Recipient.Checked;
import org.livepeer.flink.operators.ticket.Recipient.FatalException;
import org.livepeer.flink.operators.ticket.SessionTickets.Received;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.PaymentResult;
import org.livepeer.flink.schemas.net.PriceInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketExpirationParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;
import org.livepeer.flink.schemas.net.TranscodeResult;

/**
 * Payments that went to a go-livepeer 0.9.1 orchestrator, good and ill-formed, made again for ours:
 * the recipientRandHash is our own and tickets that were rightly signed are signed anew, every
 * other byte is kept. What it says of them must be what go-livepeer said.
 */
class RecordedPaymentsTest {
    private static final int GRPC_PREFIX = 5;
    private static final long ROUND = 11;

    /** The request that this one repeats was left out of the record. */
    private static final String REPLAY_ALONE = "segment: replay within the same process";

    private final Secp256k1 curve = new NativeCurve();
    private final EthSignatures signatures = new EthSignatures(curve);
    private final RecipientRands rands = new RecipientRands("kept".getBytes(UTF_8));
    private final Map<EthAddress, byte[]> keys = new HashMap<>();
    private final Map<ByteString, byte[]> ours = new HashMap<>();
    private final Map<String, SeenNonces> seen = new HashMap<>();
    private @Nullable Recipient recipient;
    private EthAddress us = EthAddress.ZERO;

    @Test
    void eachIsTakenOrRefusedAsItWas() throws Exception {
        List<JsonNode> lines = lines();
        JsonNode head = lines.remove(0);
        us = address(head.get("recipient").asText());
        head.get("keys")
                .properties()
                .forEach(e -> keys.put(address(e.getKey()), hex(e.getValue().asText())));
        recipient =
                new Recipient(
                        us,
                        rands,
                        curve,
                        new Recipient.Terms(
                                BigInteger.valueOf(2_000_000_000_000L),
                                350_000,
                                BigInteger.valueOf(8_000_000_000_000L)));
        List<String> differ = new ArrayList<>();
        int payments = 0;
        for (JsonNode line : lines) {
            if (line.has("payment")) {
                payments++;
                String expected = expected(line);
                learnFrom(line, expected);
                if (line.get("scenario").asText().equals(REPLAY_ALONE)) {
                    assertThat(pay(line)).as("the request that it repeats").isNull();
                }
                String got = pay(line);
                if (!Objects.equals(expected, got)) {
                    differ.add(line.get("scenario").asText() + ": " + expected + " / " + got);
                }
            }
            learn(line);
        }
        assertThat(differ).isEmpty();
        assertThat(payments).isGreaterThan(45);
        assertThat(ours).hasSizeGreaterThan(30);
    }

    /** Null for a payment that was taken. What Ledger decides later is not the payment's fault. */
    private static @Nullable String expected(JsonNode line) {
        if (line.get("status").asInt() == 200) {
            return null;
        }
        String text = new String(base64(line, "answer"), UTF_8).strip();
        return text.equals("Insufficient balance") ? null : text;
    }

    private @Nullable String pay(JsonNode line) throws Exception {
        String scenario = line.get("scenario").asText();
        String session = SegData.parseFrom(base64(line, "segment")).getAuthToken().getSessionId();
        Payment payment = again(Payment.parseFrom(base64(line, "payment")));
        try {
            WirePayment read = WirePayment.read(payment, standing(scenario));
            TicketParams params = read.params();
            if (params == null) {
                return null;
            }
            BigInteger block =
                    scenario.toLowerCase(Locale.ROOT).contains("expired")
                            ? params.expirationBlock().add(BigInteger.valueOf(4))
                            : params.expirationBlock().subtract(BigInteger.valueOf(40));
            List<Checked> checked =
                    Objects.requireNonNull(recipient)
                            .check(session, read.sender(), params, read.tickets());
            Received received =
                    SessionTickets.receive(
                            checked,
                            seen.computeIfAbsent(
                                    HexFormat.of().formatHex(params.recipientRandHash()),
                                    hash -> new SeenNonces()),
                            params.expirationBlock(),
                            block);
            assertThat(received.credit())
                    .as(scenario)
                    .isEqualTo(
                            received.taken() == 0
                                    ? Fraction.ZERO
                                    : params.ticket(read.sender(), 1)
                                            .expectedValue()
                                            .times(received.taken()));
            return received.error();
        } catch (FatalException e) {
            return e.getMessage();
        }
    }

    private Standing standing(String scenario) {
        return new Standing() {
            @Override
            public long round() {
                return ROUND;
            }

            @Override
            public boolean isActive(EthAddress orchestrator) {
                return orchestrator.equals(us);
            }

            @Override
            public boolean unlocksSoon(EthAddress sender) {
                return scenario.contains("in the round before")
                        || scenario.contains("old session and old ticket params");
            }
        };
    }

    private Payment again(Payment old) throws FatalException {
        byte[] hash = ours.get(old.getTicketParams().getRecipientRandHash());
        if (hash == null) {
            return old;
        }
        Payment.Builder made = old.toBuilder();
        made.getTicketParamsBuilder().setRecipientRandHash(ByteString.copyFrom(hash));
        made.clearTicketSenderParams();
        EthAddress sender = EthAddress.of(old.getSender().toByteArray());
        for (TicketSenderParams each : old.getTicketSenderParamsList()) {
            long nonce = Integer.toUnsignedLong(each.getSenderNonce());
            byte[] signature = each.getSig().toByteArray();
            byte[] key = keys.get(sender);
            boolean good =
                    key != null
                            && signatures.verifies(sender, ticket(old, sender, nonce), signature);
            TicketSenderParams.Builder copy = each.toBuilder();
            if (good) {
                byte[] anew = ticket(made.build(), sender, nonce);
                copy.setSig(ByteString.copyFrom(signatures.sign(anew, key)));
            }
            made.addTicketSenderParams(copy);
        }
        return made.build();
    }

    private static byte[] ticket(Payment of, EthAddress sender, long nonce) {
        return new Ticket(
                        EthAddress.of(of.getTicketParams().getRecipient().toByteArray()),
                        sender,
                        number(of.getTicketParams().getFaceValue()),
                        number(of.getTicketParams().getWinProb()),
                        nonce,
                        of.getTicketParams().getRecipientRandHash().toByteArray(),
                        of.getExpirationParams().getCreationRound(),
                        of.getExpirationParams().getCreationRoundBlockHash().toByteArray())
                .hash();
    }

    /** Parameters that an answer gave out: ours for the same sender and session. */
    private void learn(JsonNode line) throws Exception {
        if (line.get("status").asInt() != 200 || !line.has("answer")) {
            return;
        }
        byte[] answer = base64(line, "answer");
        OrchestratorInfo info;
        ByteString sender;
        switch (line.get("path").asText()) {
            case "/segment" -> {
                info = TranscodeResult.parseFrom(answer).getInfo();
                sender = Payment.parseFrom(base64(line, "payment")).getSender();
            }
            case "/payment" -> {
                info = PaymentResult.parseFrom(answer).getInfo();
                sender = Payment.parseFrom(base64(line, "payment")).getSender();
            }
            default -> {
                info = OrchestratorInfo.parseFrom(unframed(answer));
                sender =
                        OrchestratorRequest.parseFrom(unframed(base64(line, "request")))
                                .getAddress();
            }
        }
        if (info.hasTicketParams()) {
            learn(
                    info.getAuthToken().getSessionId(),
                    sender,
                    info.getTicketParams(),
                    info.getTicketParams().getExpirationParams(),
                    info.getPriceInfo());
        }
    }

    /**
     * Some answers with parameters were left out of the record; payments that used them were not.
     */
    private void learnFrom(JsonNode line, @Nullable String expected) throws Exception {
        Payment payment = Payment.parseFrom(base64(line, "payment"));
        boolean foreign = expected != null && expected.startsWith("invalid recipientRand");
        boolean known = ours.containsKey(payment.getTicketParams().getRecipientRandHash());
        if (payment.hasTicketParams()
                && payment.getExpectedPrice().getPixelsPerUnit() > 0
                && !foreign
                && !known) {
            learn(
                    session(line),
                    payment.getSender(),
                    payment.getTicketParams(),
                    payment.getExpirationParams(),
                    payment.getExpectedPrice());
        }
    }

    private static String session(JsonNode line) throws Exception {
        return SegData.parseFrom(base64(line, "segment")).getAuthToken().getSessionId();
    }

    private void learn(
            String session,
            ByteString sender,
            org.livepeer.flink.schemas.net.TicketParams params,
            TicketExpirationParams expiration,
            PriceInfo price) {
        TicketParams bare =
                new TicketParams(
                        EthAddress.of(params.getRecipient().toByteArray()),
                        number(params.getFaceValue()),
                        number(params.getWinProb()),
                        new byte[0],
                        number(params.getSeed()),
                        number(params.getExpirationBlock()),
                        Fraction.of(price.getPricePerUnit(), price.getPixelsPerUnit()),
                        expiration.getCreationRound(),
                        expiration.getCreationRoundBlockHash().toByteArray());
        ours.put(
                params.getRecipientRandHash(),
                RecipientRands.hash(
                        rands.rand(bare.bound(session, EthAddress.of(sender.toByteArray())))));
    }

    private static byte[] unframed(byte[] grpc) {
        return Arrays.copyOfRange(grpc, GRPC_PREFIX, grpc.length);
    }

    private static BigInteger number(ByteString bytes) {
        return new BigInteger(1, bytes.toByteArray());
    }

    private static byte[] base64(JsonNode line, String field) {
        return Base64.getDecoder().decode(line.path(field).asText());
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.substring(2));
    }

    private static EthAddress address(String text) {
        return EthAddress.of(hex(text));
    }

    private static List<JsonNode> lines() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        RecordedPaymentsTest.class.getResourceAsStream(
                                                "/ticket/recorded-payments.jsonl")),
                                UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(json.readTree(line));
            }
        }
        return lines;
    }
}
