package org.livepeer.flink.connectors.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.GatewayEstimate;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;

/**
 * A stream through one orchestrator as a go-livepeer gateway sends it: a session until its token or
 * the orchestrator says otherwise, tickets for each segment, some tries, each rendition downloaded
 * ({@code server/broadcast.go}). One thread.
 */
public final class GatewayStream {
    /** Tries of go-livepeer's gateways for a segment ({@code MaxAttempts}). */
    public static final int TRIES = 3;

    /** A session ends so long before its token does ({@code server/broadcast.go}). */
    private static final Duration EARLY = Duration.ofMinutes(3);

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(8);

    private final OrchestratorClient client;
    private final @Nullable TicketPurse purse;
    private final String manifest;
    private final List<Profile> ladder;
    private final int tries;
    private @Nullable OrchestratorInfo info;
    private @Nullable Fraction firstPrice;

    /**
     * @param purse who pays; null off chain
     * @param ladder one or more profiles, each with a name
     * @param tries for a segment; each begins a session of its own
     */
    public GatewayStream(
            OrchestratorClient client,
            @Nullable TicketPurse purse,
            String manifest,
            List<Profile> ladder,
            int tries) {
        this.tries = tries;
        this.client = client;
        this.purse = purse;
        this.manifest = manifest;
        this.ladder = List.copyOf(ladder);
    }

    /**
     * A segment's end.
     *
     * @param pixels that the orchestrator was paid for
     * @param tickets that were sent for it, all tries together
     * @param bytes of the renditions
     */
    public record Done(long pixels, int tickets, long bytes) {}

    /** The session that segments go to; empty before the first. */
    public String session() {
        OrchestratorInfo known = info;
        return known == null ? "" : known.getAuthToken().getSessionId();
    }

    /** What the session costs, wei of a pixel; zero before the first and off chain. */
    public Fraction price() {
        try {
            return info == null || purse == null
                    ? Fraction.ZERO
                    : TicketPurse.price(info.getPriceInfo());
        } catch (OrchestratorException e) {
            return Fraction.ZERO;
        }
    }

    /**
     * Streams a segment.
     *
     * @param durationMs 1 to 300 000
     * @throws OrchestratorException when all tries failed, with the reason of the last
     */
    public Done push(long seq, byte[] media, int durationMs) throws OrchestratorException {
        int tickets = 0;
        for (int tried = 1; ; tried++) {
            Attempt attempt = new Attempt();
            try {
                Done done = attempt.run(seq, media, durationMs);
                return new Done(done.pixels(), tickets + done.tickets(), done.bytes());
            } catch (StatusRuntimeException | CompletionException e) {
                info = null;
                if (tried == tries) {
                    throw new OrchestratorException(reason(e), e);
                }
            } catch (OrchestratorException e) {
                info = null;
                if (tried == tries) {
                    throw e;
                }
            }
            tickets += attempt.tickets;
        }
    }

    private static String reason(RuntimeException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** The session at a price that has not doubled since the first. */
    private OrchestratorInfo priced() throws OrchestratorException {
        OrchestratorInfo known = current();
        Fraction price = TicketPurse.price(known.getPriceInfo());
        Fraction first = firstPrice;
        if (first == null) {
            firstPrice = price;
        } else if (price.compareTo(first.times(2)) > 0) {
            throw new OrchestratorException(
                    "Orchestrator price has more than doubled, Orchestrator price: "
                            + price
                            + ", Orchestrator initial price: "
                            + first);
        }
        return known;
    }

    private OrchestratorInfo current() throws OrchestratorException {
        OrchestratorInfo known = info;
        if (known == null || ends(known)) {
            TicketPurse payer = purse;
            known =
                    payer == null
                            ? client.hello(new byte[0], new byte[0])
                            : client.hello(payer.address().bytes(), payer.introduction());
            if (!known.hasAuthToken()) {
                throw new OrchestratorException("its answer holds no token");
            }
            info = known;
        }
        return known;
    }

    private static boolean ends(OrchestratorInfo known) {
        return System.currentTimeMillis()
                > known.getAuthToken().getExpiration() * 1_000 - EARLY.toMillis();
    }

    /** One try. */
    private final class Attempt {
        private int tickets;

        Done run(long seq, byte[] media, int durationMs) throws OrchestratorException {
            TicketPurse payer = purse;
            OrchestratorInfo known = payer == null ? current() : priced();
            SegData.Builder segment =
                    SignedSegment.of(
                            manifest, seq, media, durationMs, ladder, known.getAuthToken());
            Duration patience = Duration.ofMillis(4L * durationMs);
            Duration most = patience.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : patience;
            if (payer == null) {
                TranscodeResult result =
                        result(post(new byte[0], segment.build().toByteArray(), media, most));
                return done(result, most);
            }
            Fraction price = TicketPurse.price(known.getPriceInfo());
            TicketPurse.Staged staged =
                    payer.stage(known, GatewayEstimate.fee(ladder, durationMs, price));
            tickets = staged.tickets();
            byte[] signed = SignedSegment.signed(segment, payer).build().toByteArray();
            TranscodeResult result =
                    result(post(staged.payment().toByteArray(), signed, media, most));
            payer.change(known.getAuthToken().getSessionId(), staged, price, pixels(result));
            return done(result, most);
        }

        private AggregatedHttpResponse post(
                byte[] payment, byte[] segment, byte[] media, Duration patience) {
            return client.post("/segment", payment, segment, media, patience);
        }

        private TranscodeResult result(AggregatedHttpResponse answer) throws OrchestratorException {
            if (answer.status().code() != 200) {
                throw new OrchestratorException(
                        answer.status().code() + " " + answer.contentUtf8().strip());
            }
            try {
                TranscodeResult result = TranscodeResult.parseFrom(answer.content().array());
                if (!result.getError().isEmpty()) {
                    throw new OrchestratorException(result.getError());
                }
                if (result.hasInfo()) {
                    info = result.getInfo();
                }
                return result;
            } catch (InvalidProtocolBufferException e) {
                throw new OrchestratorException("UnknownResponse", e);
            }
        }

        private Done done(TranscodeResult result, Duration patience) throws OrchestratorException {
            List<TranscodedSegmentData> parts = result.getData().getSegmentsList();
            if (parts.size() != ladder.size()) {
                throw new OrchestratorException(
                        parts.size() + " renditions instead of " + ladder.size());
            }
            long bytes = 0;
            for (TranscodedSegmentData each : parts) {
                AggregatedHttpResponse rendition = client.download(each.getUrl(), patience);
                if (rendition.status().code() != 200 || rendition.content().isEmpty()) {
                    throw new OrchestratorException(
                            "a rendition could not be downloaded: " + rendition.status().code());
                }
                bytes += rendition.content().length();
            }
            return new Done(pixels(result), tickets, bytes);
        }

        private static long pixels(TranscodeResult result) {
            return result.getData().getSegmentsList().stream()
                    .mapToLong(TranscodedSegmentData::getPixels)
                    .sum();
        }
    }
}
