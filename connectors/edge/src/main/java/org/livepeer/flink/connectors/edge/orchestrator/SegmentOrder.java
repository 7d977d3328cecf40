package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.Payment;

/**
 * A segment as its headers announce it, checked.
 *
 * @param stream the job's name for the gateway's stream
 * @param seq number of the segment, whatever the gateway counts
 * @param hash Keccak-256 that the media must have
 * @param durationMs 1 to 300000
 * @param token the session's, handed back as it came
 * @param price of the session, out of its token; wei per pixel
 * @param info what the answer says of the orchestrator
 * @param payer who pays with tickets; null off chain
 * @param fault what a transcoder would say to it at once; empty when nothing
 */
record SegmentOrder(
        String stream,
        long seq,
        ByteString hash,
        int durationMs,
        List<Profile> profiles,
        @Nullable Clip clip,
        boolean perceptualHash,
        AuthToken token,
        Fraction price,
        OrchestratorInfo info,
        @Nullable Payer payer,
        String fault) {
    /**
     * Who pays for it, as a signature of the segment proved, and with what.
     *
     * @param payment as it came
     */
    record Payer(EthAddress sender, Payment payment) {}

    /** How long a gateway waits for the status (go-livepeer {@code common/util.go}). */
    long headerPatienceMs() {
        return Math.max(2_000, durationMs / 2L);
    }

    /** What its payment is for. */
    PaymentDesk.Purpose purpose(Payer of) {
        String session = token.getSessionId();
        return new PaymentDesk.Purpose(
                of.sender(),
                session,
                PaymentDesk.account(of.sender(), session),
                stream,
                price,
                Ladder.estimatedPixels(profiles, durationMs),
                Ladder.estimatedPixels(profiles, 10_000));
    }

    /** How long a gateway waits for the answer (go-livepeer {@code common/util.go}). */
    long patienceMs() {
        return Math.max(8_000, 4L * durationMs);
    }
}
