package org.livepeer.flink.operators.work;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.segment.HeldMedia;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.Outcome;
import org.livepeer.flink.schemas.PlacedRequest;

/**
 * Has workers do placed requests; see {@link Workflow}. Always answers, never fails the job because
 * of an input or a worker. After a restore Flink hands it the requests again that were under way.
 */
public final class WorkFunction extends RichAsyncFunction<PlacedRequest, Outcome> {
    private static final long serialVersionUID = 1L;

    private final WorkerClient.Factory clients;
    private final Announcer.Factory announcers;
    private final Claim claim;
    private transient @Nullable WorkerClient client;
    private transient @Nullable Announcer announcer;

    public WorkFunction(WorkerClient.Factory clients, Announcer.Factory announcers, Claim claim) {
        this.clients = clients;
        this.announcers = announcers;
        this.claim = claim;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        client = clients.create();
        Announcer here = announcers.create();
        announcer = here;
        claim.await();
        here.announce(
                getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
    }

    @Override
    public void asyncInvoke(PlacedRequest placed, ResultFuture<Outcome> result) {
        WorkerClient opened = client;
        if (opened == null) {
            throw new IllegalStateException("open() was not called");
        }
        new Workflow(opened, System::currentTimeMillis, WorkFunction::later, placed)
                .run()
                .whenComplete(
                        (outcome, error) -> {
                            HeldMedia.here().drop(placed.getRequest().getOrigin());
                            result.complete(
                                    Collections.singletonList(
                                            outcome != null
                                                    ? outcome
                                                    : failed(
                                                            placed,
                                                            Reason.InternalError,
                                                            String.valueOf(error))));
                        });
    }

    private static void later(long ms, Runnable task) {
        CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS).execute(task);
    }

    /** The last resort behind every other deadline. */
    @Override
    public void timeout(PlacedRequest placed, ResultFuture<Outcome> result) {
        result.complete(
                Collections.singletonList(
                        failed(placed, Reason.DeadlineExceeded, "no worker answered in time")));
    }

    private static Outcome failed(PlacedRequest placed, Reason reason, String detail) {
        long now = System.currentTimeMillis();
        return new Outcome(
                Receipts.failure(
                        new FundedRequest(placed.getRequest(), placed.getFunding()),
                        placed.getPlacement().getSessionId(),
                        "",
                        reason,
                        now,
                        0,
                        List.of()),
                Receipts.failureAnswer(placed.getRequest(), reason, detail, now));
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        if (announcer != null) {
            announcer.close();
        }
    }
}
