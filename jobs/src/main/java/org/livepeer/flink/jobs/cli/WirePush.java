package org.livepeer.flink.jobs.cli;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.gateway.GatewayStream;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.OrchestratorException;
import org.livepeer.flink.connectors.gateway.TicketPurse;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.operators.segment.InvalidSegmentException;
import org.livepeer.flink.operators.segment.ProfileText;

/** A push through an orchestrator of the network, one segment after another. */
final class WirePush implements AutoCloseable {
    /** A push that fell behind its source by more than that skips the wait, not the segments. */
    private static final long MOST_BEHIND_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long PAUSE_MS = 500;

    private final OrchestratorClient client;
    private final GatewayStream stream;
    private final boolean fast;
    private final boolean quiet;
    private long pushed;
    private long failed;
    private long tickets;
    private String lastReason = "";

    /**
     * @param fast as fast as answers come, instead of in real time
     * @throws IllegalArgumentException when flags are of no use, saying which
     */
    WirePush(PayerFlags payer, String manifest, String profiles, boolean fast, boolean quiet) {
        @Nullable AccountKey key = payer.key();
        this.fast = fast;
        this.quiet = quiet;
        client = new OrchestratorClient(payer.address());
        try {
            stream =
                    new GatewayStream(
                            client,
                            key == null
                                    ? null
                                    : new TicketPurse(key, (offer, ticket, signature) -> {}),
                            manifest,
                            ProfileText.parse(profiles),
                            GatewayStream.TRIES);
        } catch (InvalidSegmentException e) {
            client.close();
            throw new IllegalArgumentException("-profiles: " + e.getMessage(), e);
        }
    }

    /**
     * @param limit most segments; 0 for all
     * @return exit code: 1 when a segment failed
     */
    int run(Iterator<MediaSegment> segments, long firstSeq, long limit)
            throws InterruptedException {
        long due = System.nanoTime();
        while (segments.hasNext() && (limit == 0 || pushed < limit)) {
            MediaSegment segment = segments.next();
            if (!fast) {
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            }
            push(firstSeq + pushed, segment);
            due = Math.max(due, System.nanoTime() - MOST_BEHIND_NS);
            due += TimeUnit.MILLISECONDS.toNanos(segment.durationMs());
        }
        if (!quiet) {
            System.out.printf(
                    "%n%d segments pushed, %d failed, %d tickets%n", pushed, failed, tickets);
        }
        return failed == 0 ? 0 : 1;
    }

    private void push(long seq, MediaSegment segment) throws InterruptedException {
        pushed++;
        try {
            tickets += stream.push(seq, segment.bytes(), (int) segment.durationMs()).tickets();
            lastReason = "";
        } catch (OrchestratorException e) {
            failed++;
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(lastReason)) {
                System.err.printf("%nsegment %d failed: %s%n", seq, reason);
                lastReason = reason;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
        if (!quiet) {
            System.out.printf(
                    "\rpushed %d, failed %d, tickets %d, session %s, %s wei per pixel  ",
                    pushed, failed, tickets, stream.session(), stream.price());
            System.out.flush();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
