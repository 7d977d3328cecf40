package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.OrchestratorException;
import org.livepeer.flink.connectors.gateway.SignedSegment;
import org.livepeer.flink.connectors.gateway.TicketPurse;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.GatewayEstimate;
import org.livepeer.flink.operators.ticket.Ticket;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TicketParams;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;

/**
 * Pays as a go-livepeer gateway does ({@code server/segment_rpc.go}, {@code core/accounting.go}):
 * the whole balance is staged for a segment, tickets fill the gap to what it is expected to cost,
 * and what is left comes back with the result.
 */
final class PayingGateway {
    static final int DURATION_MS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OrchestratorClient client;
    private final TicketPurse purse;
    private final List<Profile> ladder;
    private final List<Sent> sent = new ArrayList<>();
    private OrchestratorInfo info = OrchestratorInfo.getDefaultInstance();

    /** A ticket that went out. */
    record Sent(OrchestratorInfo offer, Ticket ticket, byte[] signature) {
        String session() {
            return offer.getAuthToken().getSessionId();
        }

        TicketParams params() {
            return offer.getTicketParams();
        }

        /** wei of a pixel. */
        Fraction price() {
            return Fraction.of(
                    offer.getPriceInfo().getPricePerUnit(),
                    offer.getPriceInfo().getPixelsPerUnit());
        }
    }

    PayingGateway(String name, int port, List<Profile> ladder) {
        this(new AccountKey(Keccak256.of(name.getBytes(UTF_8))), port, ladder);
    }

    PayingGateway(AccountKey key, int port, List<Profile> ladder) {
        this.client = new OrchestratorClient(InetSocketAddress.createUnresolved("127.0.0.1", port));
        this.purse =
                new TicketPurse(
                        key,
                        (offer, ticket, signature) -> sent.add(new Sent(offer, ticket, signature)));
        this.ladder = ladder;
    }

    EthAddress address() {
        return purse.address();
    }

    OrchestratorInfo info() {
        return info;
    }

    String session() {
        return info.getAuthToken().getSessionId();
    }

    /** Its own balance for a session. */
    Fraction balance(String session) {
        return purse.balance(session);
    }

    /** Every ticket that ever went out. */
    List<Sent> sent() {
        return sent;
    }

    byte[] nodeSignature(byte[] bytes) {
        return purse.nodeSignature(bytes);
    }

    /** Asks for a new session. */
    OrchestratorInfo hello() {
        info = hello(purse.introduction());
        return info;
    }

    OrchestratorInfo hello(byte[] signature) {
        return client.hello(address().bytes(), signature);
    }

    Ticket ticket(TicketParams params, long nonce) {
        return purse.ticket(params, nonce);
    }

    /** A payment with so many more tickets of the parameters that were told last. */
    Payment.Builder payment(int tickets) {
        return purse.payment(info, tickets);
    }

    /** A segment's header, signed. */
    SegData.Builder segment(long seq, byte[] media) {
        return signed(
                SignedSegment.of("cam", seq, media, DURATION_MS, ladder, info.getAuthToken()));
    }

    SegData.Builder signed(SegData.Builder segment) {
        return SignedSegment.signed(segment, purse);
    }

    AggregatedHttpResponse post(String path, Payment payment, SegData segment, byte[] media) {
        return post(path, header(payment.toByteArray()), header(segment.toByteArray()), media);
    }

    static String header(byte[] bytes) {
        return OrchestratorClient.header(bytes);
    }

    AggregatedHttpResponse post(String path, String payment, String segment, byte[] media) {
        return client.postHeaders(path, payment, segment, media, PATIENCE);
    }

    /** Streams a segment and keeps its books; empty when it was transcoded. */
    String push(long seq, byte[] media)
            throws InvalidProtocolBufferException, OrchestratorException {
        String session = session();
        Fraction price = TicketPurse.price(info.getPriceInfo());
        TicketPurse.Staged staged =
                purse.stage(info, GatewayEstimate.fee(ladder, DURATION_MS, price));
        AggregatedHttpResponse response =
                post("/segment", staged.payment(), segment(seq, media).build(), media);
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
        purse.change(session, staged, price, pixels);
        AuthToken token = info.getAuthToken();
        info = result.getInfo();
        return info.getAuthToken().equals(token) ? "" : "another token";
    }
}
