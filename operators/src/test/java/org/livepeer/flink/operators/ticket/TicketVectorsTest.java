package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.TicketSenderParams;

/** The rules against golden data of go-livepeer 0.9.1. */
class TicketVectorsTest {
    private static final JsonNode ALL = read();
    private static final JsonNode UPSTREAM = ALL.get("upstream");
    private static final JsonNode DERIVED = ALL.get("derived");

    private final EthSignatures signatures = new EthSignatures(new BouncyCurve());

    private static JsonNode read() {
        try (InputStream in = TicketVectorsTest.class.getResourceAsStream("/ticket/vectors.json")) {
            return new ObjectMapper().readTree(in);
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> cases(String name) {
        return StreamSupport.stream(UPSTREAM.get(name).get("cases").spliterator(), false);
    }

    private static byte[] hex(JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }

    private static BigInteger number(JsonNode text) {
        return new BigInteger(text.asText());
    }

    private static EthAddress address(JsonNode text) {
        return EthAddress.of(hex(text));
    }

    private static Ticket ticket(JsonNode of, long nonce) {
        return new Ticket(
                address(of.get("recipient")),
                address(of.get("sender")),
                number(of.get("faceValue")),
                number(of.get("winProb")),
                nonce,
                hex(of.get("recipientRandHash")),
                of.get("creationRound").asLong(),
                hex(of.get("creationRoundBlockHash")));
    }

    static Stream<JsonNode> hashes() {
        return cases("ticket_hash");
    }

    @ParameterizedTest
    @MethodSource("hashes")
    void ticketHash(JsonNode of) {
        assertThat(ticket(of, of.get("senderNonce").asLong()).hash())
                .isEqualTo(hex(of.get("hash")));
    }

    static Stream<JsonNode> auxData() {
        return cases("aux_data");
    }

    @ParameterizedTest
    @MethodSource("auxData")
    void auxData(JsonNode of) {
        assertThat(
                        Ticket.auxData(
                                of.get("creationRound").asLong(),
                                hex(of.get("creationRoundBlockHash"))))
                .isEqualTo(hex(of.get("aux")));
    }

    static Stream<JsonNode> values() {
        return cases("ticket_ev");
    }

    @ParameterizedTest
    @MethodSource("values")
    void expectedValue(JsonNode of) {
        Fraction value =
                Ticket.expectedValue(number(of.get("faceValue")), number(of.get("winProb")));

        Fraction off = value.minus(Fraction.of(number(of.get("ev"))));
        assertThat(off.compareTo(Fraction.of(1, 2))).isLessThanOrEqualTo(0);
        assertThat(off.compareTo(Fraction.of(-1, 2))).isGreaterThanOrEqualTo(0);
    }

    @Test
    void signersAreRecoveredAndBadSignaturesHaveNone() {
        JsonNode vector = UPSTREAM.get("ecrecover");
        byte[] message = hex(vector.get("valid").get("msg"));

        assertThat(signatures.signer(message, hex(vector.get("valid").get("sig"))))
                .contains(address(vector.get("valid").get("address")));
        for (JsonNode invalid : vector.get("invalid")) {
            assertThat(signatures.signer(message, hex(invalid.get("sig"))))
                    .as(invalid.get("why").asText())
                    .isEmpty();
        }
    }

    @Test
    void signaturesAreThoseOfOtherImplementations() {
        byte[] gateway = hex(DERIVED.get("keys").get("gateway").get("privateKey"));
        byte[] orchestrator = hex(DERIVED.get("keys").get("orchestrator").get("privateKey"));
        JsonNode request = DERIVED.get("orchestrator_request");
        JsonNode ping = DERIVED.get("ping");
        JsonNode segment = DERIVED.get("segment_signature");
        JsonNode result = DERIVED.get("transcode_data_signature");

        assertThat(new BouncyCurve().address(gateway))
                .hasToString(DERIVED.get("keys").get("gateway").get("checksummed").asText());
        assertThat(new BouncyCurve().address(orchestrator))
                .hasToString(DERIVED.get("keys").get("orchestrator").get("checksummed").asText());
        assertThat(EthSignatures.digest("Some data".getBytes(US_ASCII)))
                .isEqualTo(hex(DERIVED.get("personal_sign_sanity").get("digest")));
        assertThat(
                        signatures.sign(
                                Keccak256.of(
                                        request.get("signed_text").asText().getBytes(US_ASCII)),
                                gateway))
                .isEqualTo(hex(request.get("sig")));
        assertThat(signatures.sign(Keccak256.of(hex(ping.get("value"))), orchestrator))
                .isEqualTo(hex(ping.get("pong")));
        assertThat(signatures.sign(Keccak256.of(hex(segment.get("flatten"))), gateway))
                .isEqualTo(hex(segment.get("sig")));
        assertThat(signatures.sign(hex(result.get("signed_32_bytes")), orchestrator))
                .isEqualTo(hex(result.get("sig")));
    }

    @Test
    void ticketsAreSignedAndWinAsTheyDid() {
        JsonNode of = DERIVED.get("tickets");
        byte[] key = hex(DERIVED.get("keys").get("gateway").get("privateKey"));
        BigInteger rand =
                new BigInteger(1, hex(DERIVED.get("recipient_rand").get("recipientRand")));
        BigInteger half = Words.MOST.shiftRight(1);
        for (JsonNode each : of.get("tickets")) {
            Ticket ticket = ticket(of, each.get("senderNonce").asLong());
            byte[] signature = hex(each.get("sig"));

            assertThat(ticket.hash()).isEqualTo(hex(each.get("hash")));
            assertThat(signatures.sign(ticket.hash(), key)).isEqualTo(signature);
            assertThat(signatures.verifies(ticket.sender(), ticket.hash(), signature)).isTrue();
            assertThat(Words.word(Ticket.winValue(signature, rand)))
                    .isEqualTo(hex(each.get("win_value")));
            assertThat(ticket.wins(signature, rand)).isEqualTo(each.get("wins").asBoolean());
            assertThat(Ticket.winValue(signature, rand).compareTo(half) < 0)
                    .isEqualTo(each.get("wins_if_winProb_is_half").asBoolean());
        }
        String[] value = of.get("ev_per_ticket").asText().split("/");
        assertThat(ticket(of, 1).expectedValue())
                .isEqualTo(new Fraction(new BigInteger(value[0]), new BigInteger(value[1])));
    }

    @Test
    void aPaymentOnTheWireHoldsThoseTickets() throws Exception {
        Payment payment = Payment.parseFrom(hex(DERIVED.get("payment").get("protobuf")));
        EthAddress sender = EthAddress.of(payment.getSender().toByteArray());
        for (TicketSenderParams each : payment.getTicketSenderParamsList()) {
            Ticket ticket =
                    new Ticket(
                            EthAddress.of(payment.getTicketParams().getRecipient().toByteArray()),
                            sender,
                            number(payment.getTicketParams().getFaceValue()),
                            number(payment.getTicketParams().getWinProb()),
                            each.getSenderNonce() & 0xffffffffL,
                            payment.getTicketParams().getRecipientRandHash().toByteArray(),
                            payment.getExpirationParams().getCreationRound(),
                            payment.getExpirationParams()
                                    .getCreationRoundBlockHash()
                                    .toByteArray());
            assertThat(signatures.verifies(sender, ticket.hash(), each.getSig().toByteArray()))
                    .isTrue();
        }
        assertThat(payment.getTicketSenderParamsCount()).isPositive();
    }

    private static BigInteger number(ByteString bytes) {
        return new BigInteger(1, bytes.toByteArray());
    }

    @Test
    void recipientRandIsGoLivepeersWithoutTheSession() {
        JsonNode of = DERIVED.get("recipient_rand");
        RecipientRands.Bound bound =
                new RecipientRands.Bound(
                        "",
                        number(of.get("seed")),
                        address(of.get("sender")),
                        number(of.get("faceValue")),
                        number(of.get("winProb")),
                        number(of.get("expirationBlock")),
                        Fraction.of(
                                of.get("price").get("num").asLong(),
                                of.get("price").get("den").asLong()),
                        of.get("creationRound").asLong(),
                        hex(of.get("creationRoundBlockHash")));
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        RecipientRands.writeParams(input, bound);
        RecipientRands rands = new RecipientRands(hex(of.get("secret")));

        BigInteger rand = rands.rand(input.toByteArray());

        assertThat(input.toByteArray()).isEqualTo(hex(of.get("hmac_input")));
        assertThat(Words.word(rand)).isEqualTo(hex(of.get("recipientRand")));
        assertThat(RecipientRands.hash(rand)).isEqualTo(hex(of.get("recipientRandHash")));
        assertThat(rands.rand(bound)).isNotEqualTo(rand);
    }

    static Stream<JsonNode> winProbs() {
        return cases("win_prob");
    }

    @ParameterizedTest
    @MethodSource("winProbs")
    void faceValueAndWinProb(JsonNode of) throws Exception {
        BigInteger wanted = number(of.get("ev"));

        TicketValue value =
                TicketValue.of(
                        new TicketValue.Terms(
                                wanted,
                                10_000,
                                number(of.get("gasPrice")),
                                number(of.get("maxFloat")),
                                BigInteger.ZERO));

        // The fixture's own face value is what is left of 100 times the cost.
        assertThat(value.faceValue())
                .isEqualTo(
                        number(of.get("gasPrice"))
                                .multiply(BigInteger.valueOf(1_000_000))
                                .min(number(of.get("maxFloat"))));
        assertThat(TicketValue.winProb(number(of.get("faceValue")), wanted))
                .isEqualTo(number(of.get("winProb")));
    }

    static Stream<JsonNode> estimates() {
        return cases("estimate_fee_pixels");
    }

    @ParameterizedTest
    @MethodSource("estimates")
    void estimate(JsonNode of) {
        List<Profile> profiles = new ArrayList<>();
        for (JsonNode each : of.get("profiles")) {
            profiles.add(
                    Profile.newBuilder()
                            .setName("p" + profiles.size())
                            .setWidth(each.get("w").asInt())
                            .setHeight(each.get("h").asInt())
                            .setBitrate(1)
                            .setFps(each.get("fps").asInt())
                            .setFpsDen(each.get("fpsDen").asInt())
                            .build());
        }
        long ms = Math.round(of.get("durationSec").asDouble() * 1_000);

        assertThat(GatewayEstimate.pixels(profiles, ms)).isEqualTo(of.get("pixels").asLong());
        assertThat(GatewayEstimate.fee(profiles, ms, Fraction.of(3)))
                .hasToString(of.get("fee_exact").asText());
    }

    static Stream<JsonNode> stages() {
        return cases("stage_update");
    }

    @ParameterizedTest
    @MethodSource("stages")
    void numberOfTickets(JsonNode of) {
        Fraction value =
                of.get("ev").isNull() ? Fraction.of(1) : Fraction.parse(of.get("ev").asText());

        assertThat(
                        GatewayEstimate.tickets(
                                Fraction.parse(of.get("existing").asText()),
                                Fraction.parse(of.get("minCredit").asText()),
                                value))
                .isEqualTo(of.get("numTickets").asInt());
    }

    static Stream<JsonNode> prices() {
        return cases("auto_adjust_price");
    }

    @ParameterizedTest
    @MethodSource("prices")
    void adjustedPrice(JsonNode of) {
        assertThat(
                        AdjustedPrice.of(
                                Fraction.parse(of.get("base").asText()),
                                Fraction.parse(of.get("txCostMultiplier").asText())))
                .isEqualTo(
                        Fraction.of(
                                of.get("pricePerUnit").asLong(), of.get("pixelsPerUnit").asLong()));
    }

    static Stream<JsonNode> floats() {
        return cases("max_float");
    }

    @ParameterizedTest
    @MethodSource("floats")
    void maxFloat(JsonNode of) {
        assertThat(funds(of, of.get("fundsRemaining"), of.get("claimedByMe")).maxFloat())
                .isEqualTo(of.get("maxFloat").asLong());
    }

    static Stream<JsonNode> available() {
        return cases("available_funds");
    }

    @ParameterizedTest
    @MethodSource("available")
    void availableFunds(JsonNode of) {
        assertThat(funds(of, of.get("reserve"), null).available())
                .isEqualTo(of.get("available").asLong());
    }

    private static SenderFunds funds(JsonNode of, JsonNode reserve, JsonNode claimedByUs) {
        return new SenderFunds(
                BigInteger.valueOf(of.get("deposit").asLong()),
                BigInteger.valueOf(reserve.asLong()),
                BigInteger.ZERO,
                BigInteger.valueOf(claimedByUs == null ? 0 : claimedByUs.asLong()),
                of.get("poolSize").asLong(),
                BigInteger.valueOf(of.get("pending").asLong()));
    }

    @Test
    void zeroNeverWinsAndCertainAlwaysDoes() {
        JsonNode of = DERIVED.get("tickets");
        Ticket ticket = ticket(of, 1);
        byte[] signature = hex(of.get("tickets").get(0).get("sig"));
        for (JsonNode each : UPSTREAM.get("win_check_boundaries").get("cases")) {
            Ticket with =
                    new Ticket(
                            ticket.recipient(),
                            ticket.sender(),
                            ticket.faceValue(),
                            number(each.get("winProb")),
                            1,
                            ticket.recipientRandHash(),
                            ticket.creationRound(),
                            ticket.creationRoundBlockHash());
            assertThat(with.wins(signature, BigInteger.ONE))
                    .isEqualTo(each.get("wins").asBoolean());
        }
    }
}
