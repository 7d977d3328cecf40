package org.livepeer.flink.connectors.transcoder.worker;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.worker.Outcome.Refused;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the worker works on, waits with and has kept.
 *
 * <pre>
 * (asked) ─► kept? ─► answer
 *    └─► running? ─► join
 *    └─► place free? ─► media comes ─► waits ─► slot ─► engine ─► answer ─► kept
 * </pre>
 *
 * There are slots + queue places; a request holds one from its header to the end of its work, which
 * bounds the media held. Thread-safe.
 */
final class Works {
    private static final Logger LOG = LoggerFactory.getLogger(Works.class);

    private final Transcoder engine;
    private final KeptResults kept;
    private final RenditionStorage storage;
    private final int capacity;
    private final Semaphore places;
    private final ExecutorService slots;
    private final AtomicInteger running = new AtomicInteger();
    private final Map<String, Work> works = new HashMap<>();
    private final WorkerMeters meters;

    Works(WorkerOptions options, KeptResults kept, RenditionStorage storage) {
        this.engine = options.engine();
        this.kept = kept;
        this.storage = storage;
        this.meters = new WorkerMeters(options.meters());
        this.capacity = options.slots() + options.queue();
        this.places = new Semaphore(capacity);
        this.slots =
                Executors.newFixedThreadPool(
                        options.slots(), task -> new Thread(task, "worker-slot"));
        meters.watch(options, this);
    }

    /** What there is for a request id. */
    sealed interface Found {}

    /** It is being worked on; the asker is one of its callers now. */
    record Joined(Work work) implements Found {}

    /** It was answered; the outcome is the asker's to close. */
    record Known(Outcome outcome) implements Found {}

    /** The right to bring in one request. */
    final class Place implements AutoCloseable {
        private final AtomicBoolean open = new AtomicBoolean(true);

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                places.release();
            }
        }
    }

    /** Running work or the kept answer; null when there is neither. */
    synchronized @Nullable Found find(String requestId) {
        Work work = works.get(requestId);
        if (work != null && work.join()) {
            return new Joined(work);
        }
        Outcome outcome = kept.find(requestId);
        return outcome == null ? null : new Known(outcome);
    }

    /** A place for one more request; null when all are taken. */
    @Nullable Place reserve() {
        return places.tryAcquire() ? new Place() : null;
    }

    /**
     * Starts the work, or finds that somebody else did meanwhile. Takes over the media and the
     * place.
     */
    Found submit(ExecuteOrder order, Source source, Place place) {
        Work work = new Work(order, source);
        synchronized (this) {
            Found found = find(order.requestId());
            if (found != null) {
                work.close();
                place.close();
                return found;
            }
            works.put(order.requestId(), work);
        }
        try {
            slots.execute(() -> run(work, place));
        } catch (RejectedExecutionException e) {
            work.close();
            end(work, place, new Refused(Reason.WorkerDraining, "the worker is closing"));
        }
        return new Joined(work);
    }

    WorkerMeters meters() {
        return meters;
    }

    int running() {
        return running.get();
    }

    /** Requests that have a place and do not run yet, those whose media still comes included. */
    int queued() {
        return Math.max(0, capacity - places.availablePermits() - running.get());
    }

    /** Waits until nothing runs or waits; false when that took longer. */
    boolean awaitIdle(long millis) throws InterruptedException {
        if (!places.tryAcquire(capacity, millis, TimeUnit.MILLISECONDS)) {
            return false;
        }
        places.release(capacity);
        return true;
    }

    /** Interrupts what runs and drops what waits. */
    void stop() {
        slots.shutdownNow();
    }

    private void run(Work work, Place place) {
        running.incrementAndGet();
        long began = System.nanoTime();
        Outcome outcome;
        try {
            outcome = storage.fit(work.run(engine), work.order());
        } catch (RuntimeException | Error e) {
            LOG.error("work lost request={}", work.order().requestId(), e);
            outcome = new Refused(Reason.InternalError, "the worker failed: " + e);
        } finally {
            running.decrementAndGet();
        }
        meters.worked(outcome, System.nanoTime() - began);
        // The answer goes out while it is being kept. Whoever asks meanwhile joins this work.
        work.outcome().complete(outcome);
        try {
            if (isVerdict(outcome)) {
                kept.keep(work.order().requestId(), outcome);
            }
        } finally {
            end(work, place, outcome);
        }
    }

    /** Final, and about the media itself: a reference or an upload may be right the next time. */
    private static boolean isVerdict(Outcome outcome) {
        if (!(outcome instanceof Refused refused)) {
            return true;
        }
        Reason reason = refused.reason();
        return !reason.retryable()
                && reason != Reason.InvalidReference
                && reason != Reason.HashMismatch;
    }

    private void end(Work work, Place place, Outcome outcome) {
        place.close();
        synchronized (this) {
            works.remove(work.order().requestId(), work);
        }
        work.outcome().complete(outcome);
    }
}
