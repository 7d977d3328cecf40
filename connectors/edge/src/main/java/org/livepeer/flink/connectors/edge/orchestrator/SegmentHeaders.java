package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import java.util.List;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
import org.livepeer.flink.operators.wire.WireClip;
import org.livepeer.flink.operators.wire.WireFault;
import org.livepeer.flink.operators.wire.WireLadder;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.Payment;
import org.livepeer.flink.schemas.net.SegData;

/**
 * The headers of {@code /segment} and {@code /payment}, checked in go-livepeer's order with its
 * statuses and texts ({@code server/segment_rpc.go}). Off chain the payment must be readable and
 * that is all: what it says of sender and price counts for nothing.
 */
final class SegmentHeaders {
    private static final String PAYMENT = "livepeer-payment";
    private static final String SEGMENT = "livepeer-segment";
    private static final String MALFORMED = "proto: cannot parse invalid wire-format data";
    private static final int LONGEST_MS = 300_000;
    private static final int ASSUMED_MS = 2_000;

    private final SessionTokens tokens;
    private final Capacity capacity;

    SegmentHeaders(SessionTokens tokens, Capacity capacity) {
        this.tokens = tokens;
        this.capacity = capacity;
    }

    /**
     * The segment that the headers announce.
     *
     * @throws WireRefusal at the first check that fails
     */
    SegmentOrder check(RequestHeaders headers, long nowMs) throws WireRefusal {
        checkPayment(headers.get(PAYMENT, ""));
        SegData segment = segment(headers.get(SEGMENT, ""));
        List<Profile> profiles;
        try {
            profiles = PathNames.of(WireLadder.of(segment));
        } catch (WireFault e) {
            throw WireRefusal.forbidden(e.text());
        }
        int duration = segment.getDuration();
        if (duration < 0 || duration > LONGEST_MS) {
            throw WireRefusal.forbidden("invalid duration");
        }
        if (segment.hasCapabilities()
                && !CapabilityNumbers.meets(
                        segment.getCapabilities(), capacity.capabilities(nowMs))) {
            throw WireRefusal.forbidden("incompatible capabilities");
        }
        AuthToken token = segment.getAuthToken();
        checkToken(segment, token, nowMs);
        String stream = StreamName.of(segment.getManifestId());
        if (capacity.refusesStream(stream, nowMs)) {
            throw WireRefusal.forbidden("OrchestratorCapped");
        }
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
                fault);
    }

    private static void checkPayment(String header) throws WireRefusal {
        try {
            Payment.parseFrom(Base64Text.decode(header));
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

    private void checkToken(SegData segment, AuthToken token, long nowMs) throws WireRefusal {
        if (!segment.hasAuthToken()) {
            throw WireRefusal.forbidden("missing auth token");
        }
        if (tokens.quote(token).isEmpty()) {
            throw WireRefusal.forbidden("invalid auth token");
        }
        if (SessionTokens.isExpired(token, nowMs)) {
            throw WireRefusal.forbidden("expired auth token");
        }
    }
}
