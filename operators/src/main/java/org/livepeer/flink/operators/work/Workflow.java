package org.livepeer.flink.operators.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Done;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.operators.transcode.WorkerClient.Order;
import org.livepeer.flink.schemas.Attempt;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Outcome;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkerAddress;

/**
 * One request's way through the workers: the chosen one, then its alternates, then around again
 * while the deadline allows. The request id is the idempotency key, so a worker that did it already
 * answers at once.
 *
 * <pre>
 *   ask worker ──done──► success
 *     │  ▲
 *     │  └──── next worker ◄── failed, retryable, time left
 *     ├── failed for good ──────────────────────────► failure(reason)
 *     └── deadline passed ─► ask for the kept result ─┬─ kept ─► success
 *                                                     └─ not ──► failure(DeadlineExceeded)
 * </pre>
 *
 * A request that is paid for already is asked for as a kept result first; when nobody keeps it any
 * more it is done again, for nothing.
 */
final class Workflow {
    private static final long SHORTEST_CALL_MS = 1_000;
    private static final long KEPT_CALL_MS = 3_000;
    private static final long MOST_INLINE_BYTES = 15 << 20;
    private static final int MOST_FAILURES_TOLD = 20;

    private final WorkerClient client;
    private final LongSupplier clock;
    private final Delay delay;
    private final PlacedRequest placed;
    private final Request request;
    private final List<WorkerAddress> candidates;

    /** The first failures and the last, so that a long outage makes no long receipt. */
    private final List<Attempt> failures = new ArrayList<>();

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final long giveUpAtMs;
    private int next;

    /** Runs something later, off the caller's thread. */
    @FunctionalInterface
    interface Delay {
        void after(long ms, Runnable task);
    }

    Workflow(WorkerClient client, LongSupplier clock, Delay delay, PlacedRequest placed) {
        this.client = client;
        this.clock = clock;
        this.delay = delay;
        this.placed = placed;
        this.request = placed.getRequest();
        candidates = new ArrayList<>();
        candidates.add(placed.getPlacement().getWorker());
        candidates.addAll(placed.getPlacement().getAlternates());
        long now = clock.getAsLong();
        // What is paid for is owed, also when its first deadline has passed.
        giveUpAtMs =
                placed.getFunding().getSettled()
                        ? Math.max(
                                request.getDeadlineAtMs(),
                                now + request.getDeadlineAtMs() - request.getAcceptedAtMs())
                        : request.getDeadlineAtMs();
    }

    CompletableFuture<Outcome> run() {
        guarded(this::begin);
        return outcome;
    }

    /** Nothing that is thrown on the way leaves a request without its outcome. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            fail(Reason.InternalError, "a fault of ours: " + e);
        }
    }

    private void begin() {
        boolean late = clock.getAsLong() >= request.getDeadlineAtMs();
        if (placed.getFunding().getSettled() || late) {
            askKept(0);
        } else {
            ask();
        }
    }

    private void askKept(int index) {
        if (index >= candidates.size()) {
            if (clock.getAsLong() < giveUpAtMs) {
                ask();
            } else {
                fail(Reason.DeadlineExceeded, "the segment's deadline passed before it was done");
            }
            return;
        }
        WorkerAddress worker = candidates.get(index);
        client.execute(worker, new Order(placed, true, 0, KEPT_CALL_MS))
                .whenComplete((answer, error) -> guarded(() -> heardOfKept(worker, index, answer)));
    }

    private void heardOfKept(
            WorkerAddress worker, int index, WorkerClient.@Nullable Answer answer) {
        if (answer instanceof Done done) {
            succeed(worker, done);
        } else if (answer instanceof Failed failed && !failed.retryable()) {
            fail(failed.reason(), failed.detail());
        } else {
            askKept(index + 1);
        }
    }

    private void ask() {
        long started = clock.getAsLong();
        long left = giveUpAtMs - started;
        if (left <= 0) {
            giveUp();
            return;
        }
        WorkerAddress worker = candidates.get(next % candidates.size());
        boolean lastChance = candidates.size() == 1 || next >= candidates.size();
        long timeout = lastChance ? left : Math.max(SHORTEST_CALL_MS, left * 2 / 3);
        next++;
        long limit = Ladder.pixelLimit(request.getProfiles(), request.getDurationMs());
        client.execute(worker, new Order(placed, false, limit, Math.min(left, timeout)))
                .whenComplete(
                        (answer, error) -> guarded(() -> heard(worker, started, answer, error)));
    }

    private void heard(
            WorkerAddress worker, long started, WorkerClient.Answer answer, Throwable error) {
        if (answer instanceof Done done) {
            succeed(worker, done);
            return;
        }
        Failed failed =
                answer instanceof Failed said
                        ? said
                        : new Failed(Reason.InternalError, String.valueOf(error), true);
        long now = clock.getAsLong();
        if (failures.size() == MOST_FAILURES_TOLD) {
            failures.remove(MOST_FAILURES_TOLD - 1);
        }
        failures.add(
                new Attempt(
                        worker.getWorkerId(),
                        failed.reason().name(),
                        failed.detail(),
                        started,
                        now - started));
        if (!failed.retryable()) {
            fail(failed.reason(), failed.detail());
            return;
        }
        // At once to another worker; a pause before the same one is asked again.
        long pause = next % candidates.size() == 0 ? Math.min(2_000, 100L << Math.min(next, 5)) : 0;
        if (now + pause >= giveUpAtMs) {
            giveUp();
        } else if (pause == 0) {
            ask();
        } else {
            delay.after(pause, () -> guarded(this::ask));
        }
    }

    private void giveUp() {
        Attempt last = failures.isEmpty() ? null : failures.get(failures.size() - 1);
        Reason reason = last == null ? Reason.DeadlineExceeded : Reason.ofCode(last.getReason());
        String detail =
                last == null
                        ? "the segment's deadline passed before it was done"
                        : next
                                + " tries failed within the deadline, the last at worker "
                                + last.getWorkerId()
                                + ": "
                                + last.getDetail();
        fail(reason, detail);
    }

    private void succeed(WorkerAddress worker, Done done) {
        long now = clock.getAsLong();
        long bytes = done.renditions().stream().mapToLong(r -> r.getPayload().remaining()).sum();
        if (bytes > MOST_INLINE_BYTES) {
            fail(
                    Reason.SegmentTooLarge,
                    "the renditions take "
                            + bytes
                            + " bytes, a record takes "
                            + MOST_INLINE_BYTES
                            + ": give the workers a segment store, or ask for less");
            return;
        }
        outcome.complete(
                new Outcome(
                        Receipts.success(
                                funded(),
                                placed.getPlacement().getSessionId(),
                                worker.getWorkerId(),
                                done.renditions(),
                                done.decodedPixels(),
                                done.workMs(),
                                now,
                                failures),
                        Receipts.successAnswer(
                                request,
                                worker.getWorkerId(),
                                done.renditions(),
                                done.decodedPixels(),
                                now)));
    }

    private void fail(Reason reason, String detail) {
        long now = clock.getAsLong();
        outcome.complete(
                new Outcome(
                        Receipts.failure(
                                funded(),
                                placed.getPlacement().getSessionId(),
                                "",
                                reason,
                                now,
                                0,
                                failures),
                        Receipts.failureAnswer(request, reason, detail, now)));
    }

    private FundedRequest funded() {
        return new FundedRequest(request, placed.getFunding());
    }
}
