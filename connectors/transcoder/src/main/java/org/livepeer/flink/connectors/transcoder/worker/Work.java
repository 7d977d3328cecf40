package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.StoreException;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Finished;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Media;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.worker.RenditionHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's work on one request, shared by all calls that ask for it. Ends early when the last
 * of them has gone.
 */
final class Work {
    private static final Logger LOG = LoggerFactory.getLogger(Work.class);

    private final ExecuteOrder order;
    private final Source source;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private int callers = 1;
    private @Nullable Thread thread;

    /** Begins with one caller. */
    Work(ExecuteOrder order, Source source) {
        this.order = order;
        this.source = source;
    }

    ExecuteOrder order() {
        return order;
    }

    /** Completes with what came of it; never exceptionally. */
    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Adds a caller; false when all others have gone and the work is being stopped. */
    synchronized boolean join() {
        if (callers == 0 && !outcome.isDone()) {
            return false;
        }
        callers++;
        return true;
    }

    /** A caller has gone. */
    synchronized void leave() {
        callers--;
        if (callers == 0 && thread != null) {
            thread.interrupt();
        }
    }

    /**
     * Does the work on this thread. Whatever the engine throws becomes a refusal.
     *
     * @return what came of it; the caller completes {@link #outcome()}
     */
    Outcome run(Transcoder engine) {
        synchronized (this) {
            if (callers == 0) {
                return stopped();
            }
            thread = Thread.currentThread();
        }
        try {
            return transcode(engine);
        } catch (TranscodeException e) {
            return new Refused(e.reason(), String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            return new Refused(e.reason(), String.valueOf(e.getMessage()));
        } catch (InterruptedException | ClosedByInterruptException e) {
            return stopped();
        } catch (Throwable e) {
            LOG.error(
                    "engine failed request={} session={}", order.requestId(), order.sessionId(), e);
            return new Refused(Reason.InternalError, "the engine failed: " + e);
        } finally {
            synchronized (this) {
                thread = null;
                // The interrupt was meant for the engine, not for the next work of this thread.
                if (Thread.interrupted()) {
                    LOG.debug("work was stopped request={}", order.requestId());
                }
            }
            close();
        }
    }

    /** Releases the media of a work that will not run. */
    void close() {
        try {
            source.close();
        } catch (IOException e) {
            LOG.warn("media not removed request={} cause={}", order.requestId(), e.toString());
        }
    }

    private Outcome transcode(Transcoder engine)
            throws TranscodeException, InterruptedException, IOException {
        TranscodeJob.Media media = source.media();
        long left = order.deadlineNanos() - System.nanoTime();
        if (left <= 0) {
            return new Refused(
                    Reason.DeadlineExceeded, "the deadline passed before a slot was free");
        }
        TranscodeJob job =
                new TranscodeJob(
                        order.requestId(),
                        order.sessionId(),
                        order.ordinal(),
                        media,
                        order.profiles(),
                        order.clip(),
                        order.perceptualHash(),
                        order.maxPixels(),
                        Duration.ofNanos(left));
        long started = System.nanoTime();
        Transcoded transcoded = engine.transcode(job);
        return finished(transcoded, (System.nanoTime() - started) / 1_000_000);
    }

    private Outcome finished(Transcoded transcoded, long workMs) {
        List<Rendition> renditions = transcoded.renditions();
        boolean complete = renditions.size() == order.profiles().size();
        for (int i = 0; complete && i < renditions.size(); i++) {
            complete =
                    renditions.get(i).getName().equals(order.profiles().get(i).getName())
                            && renditions.get(i).getPayload().hasRemaining();
        }
        if (!complete) {
            return new Refused(
                    Reason.InternalError,
                    "the engine did not answer every profile with media, in the profiles' order");
        }
        List<Media> media = new ArrayList<>();
        for (Rendition rendition : renditions) {
            media.add(new Media(header(rendition), new Content.InMemory(rendition.getPayload())));
        }
        return new Finished(
                List.copyOf(media), transcoded.decodedPixels(), workMs, false, () -> {});
    }

    private static RenditionHeader header(Rendition rendition) {
        RenditionHeader.Builder header =
                RenditionHeader.newBuilder()
                        .setName(rendition.getName())
                        .setWidth(rendition.getWidth())
                        .setHeight(rendition.getHeight())
                        .setFrames(rendition.getFrames())
                        .setPixels(rendition.getPixels())
                        .setMediaBytes(rendition.getPayload().remaining())
                        .setCodecs(rendition.getCodecs());
        if (rendition.getPerceptualHash() != null) {
            header.setPerceptualHash(
                    ByteString.copyFrom(rendition.getPerceptualHash().duplicate()));
        }
        return header.build();
    }

    private static Refused stopped() {
        return new Refused(
                Reason.WorkerUnavailable, "the work was stopped: every caller went, or the worker");
    }
}
