package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.payment.Offers;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.TicketValue.InsufficientReserve;
import org.livepeer.flink.operators.ticket.Words;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import org.livepeer.flink.operators.wire.WireClip;
import org.livepeer.flink.operators.wire.WireFault;
import org.livepeer.flink.operators.wire.WireLadder;
import org.livepeer.flink.operators.wire.WireSegments;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.SegData;

/**
 * The headers of {@code /segment} and {@code /payment}, checked in go-livepeer's order with its
 * statuses and texts ({@code server/segment_rpc.go}). Off chain the payment must be readable and
 * that is all: what it says of sender and price counts for nothing. On chain the sender must have
 * signed the segment; what it pays is looked at afterwards.
 */
final class SegmentHeaders {
    private static final String PAYMENT = "livepeer-payment";
    private static final String SEGMENT = "livepeer-segment";
    private static final String MALFORMED = "proto: cannot parse invalid wire-format data";
    private static final int LONGEST_MS = 300_000;
    private static final int ASSUMED_MS = 2_000;

    private final SessionTokens tokens;
    private final Capacity capacity;
    private final LongFunction<Set<Integer>> priced;
    private final NodeInfo info;
    private final @Nullable Offers offers;

    /**
     * @param priced capabilities that have a price of their own at a time, ms
     * @param offers on chain; null off chain
     */
    SegmentHeaders(
            SessionTokens tokens,
            Capacity capacity,
            LongFunction<Set<Integer>> priced,
            NodeInfo info,
            @Nullable Offers offers) {
        this.priced = priced;
        this.tokens = tokens;
        this.capacity = capacity;
        this.info = info;
        this.offers = offers;
    }

    /**
     * The segment that the headers announce.
     *
     * @throws WireRefusal at the first check that fails
     */
    SegmentOrder check(RequestHeaders headers, long nowMs) throws WireRefusal {
        Payment payment = payment(headers.get(PAYMENT, ""));
        SegData segment = segment(headers.get(SEGMENT, ""));
        List<Profile> asked;
        try {
            asked = WireLadder.of(segment);
        } catch (WireFault e) {
            throw WireRefusal.forbidden(e.text());
        }
        int duration = segment.getDuration();
        if (duration < 0 || duration > LONGEST_MS) {
            throw WireRefusal.forbidden("invalid duration");
        }
        EthAddress sender = EthAddress.of(payment.getSender().toByteArray());
        if (offers != null
                && !offers.signedByNode(
                        sender, signedPart(segment, asked), segment.getSig().toByteArray())) {
            throw WireRefusal.forbidden("ErrSegSig");
        }
        if (segment.hasCapabilities()
                && !CapabilityNumbers.meets(
                        segment.getCapabilities(), capacity.capabilities(nowMs))) {
            throw WireRefusal.forbidden("incompatible capabilities");
        }
        AuthToken token = segment.getAuthToken();
        Fraction price = checkToken(segment, token, nowMs);
        if (needsWhatWasNotQuoted(asked, token, nowMs)) {
            throw WireRefusal.forbidden("incompatible capabilities");
        }
        String stream =
                offers == null
                        ? StreamName.of(segment.getManifestId())
                        : StreamName.of(sender, segment.getManifestId());
        if (capacity.refusesStream(stream, nowMs)) {
            throw WireRefusal.forbidden("OrchestratorCapped");
        }
        OrchestratorInfo said;
        try {
            said = info.with(token, sender, price, nowMs);
        } catch (InsufficientReserve e) {
            throw new WireRefusal(HttpStatus.INTERNAL_SERVER_ERROR, "Internal Server Error");
        }
        List<Profile> profiles = PathNames.of(asked);
        String fault = WireLadder.fault(profiles, Ladder.LARGEST_SIDE).orElse("");
        Clip clip = null;
        try {
            clip = WireClip.of(segment.getSegmentParameters());
        } catch (WireFault e) {
            fault = e.text();
        }
        return new SegmentOrder(
                stream,
                segment.getSeq(),
                segment.getHash(),
                duration == 0 ? ASSUMED_MS : duration,
                profiles,
                clip,
                segment.getCalcPerceptualHash(),
                token,
                price,
                said,
                offers == null ? null : new SegmentOrder.Payer(sender, payment),
                fault);
    }

    /** What a gateway signs of a segment ({@code core/segment_sig.go}, Flatten). */
    private static byte[] signedPart(SegData segment, List<Profile> profiles) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(segment.getManifestId().toByteArray());
        all.writeBytes(Words.word(BigInteger.valueOf(segment.getSeq()).abs()));
        all.writeBytes(Words.word(new BigInteger(1, lastWord(segment.getHash()))));
        for (Profile profile : profiles) {
            byte[] name = Keccak256.of(profile.getName().getBytes(UTF_8));
            all.writeBytes(HexFormat.of().formatHex(name, 0, 4).getBytes(UTF_8));
        }
        return all.toByteArray();
    }

    private static byte[] lastWord(ByteString hash) {
        return hash.substring(Math.max(0, hash.size() - 32)).toByteArray();
    }

    private static Payment payment(String header) throws WireRefusal {
        try {
            return Payment.parseFrom(Base64Text.decode(header));
        } catch (Base64Text.Malformed e) {
            throw new WireRefusal(
                    HttpStatus.PAYMENT_REQUIRED, "base64 decode error: " + e.getMessage());
        } catch (InvalidProtocolBufferException e) {
            throw new WireRefusal(
                    HttpStatus.PAYMENT_REQUIRED, "protobuf unmarshal error: " + MALFORMED);
        }
    }

    private static SegData segment(String header) throws WireRefusal {
        try {
            return SegData.parseFrom(Base64Text.decode(header));
        } catch (Base64Text.Malformed e) {
            throw WireRefusal.forbidden("ErrorSegEncoding");
        } catch (InvalidProtocolBufferException e) {
            throw WireRefusal.forbidden(MALFORMED);
        }
    }

    /**
     * Whether the ladder needs a capability with a price of its own for which the session was not
     * quoted: what a gateway said that it needs is not what counts.
     */
    private boolean needsWhatWasNotQuoted(List<Profile> ladder, AuthToken token, long nowMs) {
        Set<Integer> dear = priced.apply(nowMs);
        if (dear.isEmpty()) {
            return false;
        }
        Capabilities needs = WireSegments.needs(ladder, false);
        return dear.stream()
                .anyMatch(
                        number ->
                                CapabilityNumbers.has(needs, number)
                                        && !tokens.isQuotedFor(token, number));
    }

    private Fraction checkToken(SegData segment, AuthToken token, long nowMs) throws WireRefusal {
        if (!segment.hasAuthToken()) {
            throw WireRefusal.forbidden("missing auth token");
        }
        Optional<Fraction> quote = tokens.quote(token);
        if (quote.isEmpty()) {
            throw WireRefusal.forbidden("invalid auth token");
        }
        if (SessionTokens.isExpired(token, nowMs)) {
            throw WireRefusal.forbidden("expired auth token");
        }
        return quote.get();
    }
}
