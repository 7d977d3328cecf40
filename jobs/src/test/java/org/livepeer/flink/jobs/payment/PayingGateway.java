package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.GatewayEstimate;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.operators.ticket.Words;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TicketSenderParams;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;
import org.livepeer.flink.schemas.net.VideoProfile;

/**
 * Pays as a go-livepeer gateway does ({@code server/segment_rpc.go}, {@code core/accounting.go}):
 * the whole balance is staged for a segment, tickets fill the gap to what it is expected to cost,
 * and what is left comes back with the result.
 */
final class PayingGateway {
    static final int DURATION_MS = 2_000;

    private final AccountKey key;
    private final int port;
    private final List<Profile> ladder;
    private final Map<String, Fraction> balances = new HashMap<>();
    private final Map<ByteString, Integer> nonces = new HashMap<>();
    private final List<Sent> sent = new ArrayList<>();
    private OrchestratorInfo info = OrchestratorInfo.getDefaultInstance();

    /** A ticket that went out. */
    record Sent(String session, Ticket ticket, byte[] signature, TicketParams params) {}

    PayingGateway(String name, int port, List<Profile> ladder) {
        this(new AccountKey(Keccak256.of(name.getBytes(UTF_8))), port, ladder);
    }

    PayingGateway(AccountKey key, int port, List<Profile> ladder) {
        this.key = key;
        this.port = port;
        this.ladder = ladder;
    }

    EthAddress address() {
        return key.address();
    }

    OrchestratorInfo info() {
        return info;
    }

    String session() {
        return info.getAuthToken().getSessionId();
    }

    /** Its own balance for a session. */
    Fraction balance(String session) {
        return balances.getOrDefault(session, Fraction.ZERO);
    }

    /** Every ticket that ever went out. */
    List<Sent> sent() {
        return sent;
    }

    byte[] nodeSignature(byte[] bytes) {
        return key.sign(Keccak256.of(bytes));
    }

    /** Asks for a new session. */
    OrchestratorInfo hello() {
        info = hello(nodeSignature(address().toString().getBytes(US_ASCII)));
        return info;
    }

    OrchestratorInfo hello(byte[] signature) {
        return GrpcClients.builder("gproto+https://127.0.0.1:" + port)
                .factory(ClientFactory.insecure())
                .build(OrchestratorBlockingStub.class)
                .getOrchestrator(
                        OrchestratorRequest.newBuilder()
                                .setAddress(ByteString.copyFrom(address().bytes()))
                                .setSig(ByteString.copyFrom(signature))
                                .build());
    }

    private Fraction price() {
        return Fraction.of(
                info.getPriceInfo().getPricePerUnit(), info.getPriceInfo().getPixelsPerUnit());
    }

    private static BigInteger number(ByteString bytes) {
        return new BigInteger(1, bytes.toByteArray());
    }

    Ticket ticket(TicketParams params, long nonce) {
        return new Ticket(
                EthAddress.of(params.getRecipient().toByteArray()),
                address(),
                number(params.getFaceValue()),
                number(params.getWinProb()),
                nonce,
                params.getRecipientRandHash().toByteArray(),
                params.getExpirationParams().getCreationRound(),
                params.getExpirationParams().getCreationRoundBlockHash().toByteArray());
    }

    /** A payment with so many more tickets of the parameters that were told last. */
    Payment.Builder payment(int tickets) {
        Payment.Builder payment =
                Payment.newBuilder()
                        .setSender(ByteString.copyFrom(address().bytes()))
                        .setExpectedPrice(info.getPriceInfo());
        if (tickets == 0) {
            return payment;
        }
        TicketParams params = info.getTicketParams();
        payment.setTicketParams(params.toBuilder().clearExpirationParams())
                .setExpirationParams(params.getExpirationParams());
        for (int i = 0; i < tickets; i++) {
            int nonce = nonces.merge(params.getRecipientRandHash(), 1, Integer::sum);
            Ticket ticket = ticket(params, nonce);
            byte[] signature = key.sign(ticket.hash());
            sent.add(new Sent(session(), ticket, signature, params));
            payment.addTicketSenderParams(
                    TicketSenderParams.newBuilder()
                            .setSenderNonce(nonce)
                            .setSig(ByteString.copyFrom(signature)));
        }
        return payment;
    }

    /** A segment's header, signed. */
    SegData.Builder segment(long seq, byte[] media) {
        SegData.Builder segment =
                SegData.newBuilder()
                        .setManifestId(ByteString.copyFromUtf8("cam"))
                        .setSeq((int) seq)
                        .setHash(ByteString.copyFrom(Keccak256.of(media)))
                        .setProfiles(ByteString.copyFromUtf8("invalid"))
                        .setDuration(DURATION_MS)
                        .setAuthToken(info.getAuthToken());
        for (Profile each : ladder) {
            segment.addFullProfiles(
                    VideoProfile.newBuilder()
                            .setName(each.getName())
                            .setWidth(each.getWidth())
                            .setHeight(each.getHeight())
                            .setBitrate(each.getBitrate())
                            .setFps(each.getFps()));
        }
        return signed(segment);
    }

    SegData.Builder signed(SegData.Builder segment) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(segment.getManifestId().toByteArray());
        all.writeBytes(Words.word(BigInteger.valueOf(segment.getSeq())));
        all.writeBytes(segment.getHash().toByteArray());
        for (VideoProfile each : segment.getFullProfilesList()) {
            byte[] name = Keccak256.of(each.getName().getBytes(UTF_8));
            all.writeBytes(HexFormat.of().formatHex(name, 0, 4).getBytes(UTF_8));
        }
        return segment.setSig(ByteString.copyFrom(nodeSignature(all.toByteArray())));
    }

    AggregatedHttpResponse post(String path, Payment payment, SegData segment, byte[] media) {
        return post(path, header(payment.toByteArray()), header(segment.toByteArray()), media);
    }

    static String header(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    AggregatedHttpResponse post(String path, String payment, String segment, byte[] media) {
        return WebClient.builder("h2://127.0.0.1:" + port)
                .factory(ClientFactory.insecure())
                .responseTimeoutMillis(60_000)
                .maxResponseLength(0)
                .build()
                .execute(
                        RequestHeaders.builder(HttpMethod.POST, path)
                                .set("content-type", "video/MP2T")
                                .set("livepeer-payment", payment)
                                .set("livepeer-segment", segment)
                                .build(),
                        HttpData.wrap(media))
                .aggregate()
                .join();
    }

    /** Streams a segment and keeps its books; empty when it was transcoded. */
    String push(long seq, byte[] media) throws InvalidProtocolBufferException {
        String session = session();
        Fraction existing = balance(session);
        balances.put(session, Fraction.ZERO);
        TicketParams params = info.getTicketParams();
        Fraction each = ticket(params, 1).expectedValue();
        Fraction fee = GatewayEstimate.fee(ladder, DURATION_MS, price());
        int tickets = GatewayEstimate.tickets(existing, fee.max(each), each).intValueExact();
        AggregatedHttpResponse response =
                post("/segment", payment(tickets).build(), segment(seq, media).build(), media);
        if (response.status().code() != 200) {
            return response.status().code() + " " + response.contentUtf8().strip();
        }
        TranscodeResult result = TranscodeResult.parseFrom(response.content().array());
        if (!result.getError().isEmpty()) {
            return result.getError();
        }
        long pixels =
                result.getData().getSegmentsList().stream()
                        .mapToLong(TranscodedSegmentData::getPixels)
                        .sum();
        balances.put(session, existing.plus(each.times(tickets)).minus(price().times(pixels)));
        AuthToken token = info.getAuthToken();
        info = result.getInfo();
        return info.getAuthToken().equals(token) ? "" : "another token";
    }
}
