package org.livepeer.flink.connectors.transcoder.remote;

import com.linecorp.armeria.client.ClientFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One segment from its message to its result.
 *
 * <pre>
 * message ─► order ─► source in a file ─► engine ─► result handed in
 *    │ refused  │ not there        │ failed
 *    └──────────┴──────────────────┴─► text of the error handed in
 * </pre>
 */
final class SegmentWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWork.class);

    /** What the result needs to arrive before the orchestrator gives the segment up. */
    private static final Duration RESERVE = Duration.ofMillis(500);

    private final Transcoder engine;
    private final OpenSessions sessions;
    private final SourceDownload download;
    private final ResultPost post;
    private final SegmentMeters meters;
    private final Path spool;
    private final ClientFactory connections;

    SegmentWork(StandaloneOptions options, OpenSessions sessions, SegmentMeters meters)
            throws IOException {
        this.engine = options.engine();
        this.sessions = sessions;
        this.meters = meters;
        this.spool = Files.createDirectories(options.spool());
        try (Stream<Path> leftovers = Files.list(spool)) {
            for (Path file : (Iterable<Path>) leftovers::iterator) {
                Files.deleteIfExists(file);
            }
        }
        this.connections = options.trust().connections();
        this.download = new SourceDownload(connections);
        this.post = new ResultPost(options.orchestrator(), options.secret(), connections);
    }

    /**
     * Works on the order and hands its result in, whatever it is.
     *
     * @param arrivedNanos System.nanoTime() when the order came
     */
    void run(SegmentOrder order, long arrivedNanos) throws InterruptedException {
        String outcome = "ok";
        Path source = spool.resolve(UUID.randomUUID().toString());
        try {
            long length = fetch(order, source);
            Transcoded transcoded = transcode(order, source, length, arrivedNanos);
            if (!handIn(
                    order,
                    () -> post.renditions(order.task(), transcoded, order.perceptualHash()))) {
                outcome = "post";
            }
        } catch (Failure e) {
            outcome = e.step;
            String text = String.valueOf(e.getMessage());
            LOG.info(
                    "segment failed manifest={} session={} seq={} task={} step={} cause={}",
                    order.manifest(),
                    order.session(),
                    order.seq(),
                    order.task(),
                    e.step,
                    text);
            handIn(order, () -> post.failure(order.task(), text));
        } finally {
            source.toFile().delete();
        }
        ended(outcome, arrivedNanos);
    }

    /** Says that an order is not worked on. */
    void refuse(long task, String text, long arrivedNanos) throws InterruptedException {
        LOG.info("segment refused task={} cause={}", task, text);
        try {
            post.failure(task, text);
        } catch (IOException e) {
            LOG.warn("refusal not handed in task={} cause={}", task, e.toString());
        }
        ended("refused", arrivedNanos);
    }

    private long fetch(SegmentOrder order, Path source) throws Failure, InterruptedException {
        try {
            return download.fetch(order.url(), source);
        } catch (IOException e) {
            throw new Failure("download", String.valueOf(e.getMessage()), e);
        }
    }

    private Transcoded transcode(SegmentOrder order, Path source, long length, long arrivedNanos)
            throws Failure, InterruptedException {
        Duration left =
                order.patience().minus(RESERVE).minusNanos(System.nanoTime() - arrivedNanos);
        TranscodeJob job =
                new TranscodeJob(
                        source.getFileName().toString(),
                        order.session(),
                        sessions.next(order.session()),
                        new TranscodeJob.InFile(source, length),
                        order.profiles(),
                        order.clip(),
                        order.perceptualHash(),
                        0,
                        left);
        try {
            if (left.isNegative() || left.isZero()) {
                throw new TranscodeException(
                        Reason.DeadlineExceeded, "all transcoding processes were busy too long");
            }
            Transcoded transcoded = engine.transcode(job);
            if (transcoded.renditions().size() != order.profiles().size()) {
                throw new Failure("transcode", "segment / profile mismatch", null);
            }
            return transcoded;
        } catch (TranscodeException e) {
            throw new Failure("transcode", ErrorText.of(e), e);
        } catch (RuntimeException e) {
            LOG.error("the engine failed task={}", order.task(), e);
            throw new Failure("transcode", Reason.InternalError + ": the engine failed", e);
        }
    }

    private boolean handIn(SegmentOrder order, Posting posting) throws InterruptedException {
        try {
            posting.run();
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "result not handed in manifest={} session={} seq={} task={} cause={}",
                    order.manifest(),
                    order.session(),
                    order.seq(),
                    order.task(),
                    e.toString());
            return false;
        }
    }

    private void ended(String outcome, long arrivedNanos) {
        meters.ended(outcome, Duration.ofNanos(System.nanoTime() - arrivedNanos));
    }

    /** Ends its connections. */
    @Override
    public void close() {
        connections.close();
    }

    private interface Posting {
        void run() throws IOException, InterruptedException;
    }

    /** The segment has no renditions; the message is what the orchestrator is told. */
    private static final class Failure extends Exception {
        private final String step;

        Failure(String step, String text, @org.jspecify.annotations.Nullable Throwable cause) {
            super(text, cause);
            this.step = step;
        }
    }
}
