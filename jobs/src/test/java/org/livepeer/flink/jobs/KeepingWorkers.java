package org.livepeer.flink.jobs;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.WorkerAddress;

/**
 * A worker that outlives the job, as a worker's process does: it keeps what it did, and can fall
 * silent after the work, which is how an answer is lost on its way.
 */
final class KeepingWorkers implements WorkerClient.Factory {
    private static final long serialVersionUID = 1L;
    static final long PIXELS = 5_000;
    static final Map<String, WorkerClient.Done> KEPT = new ConcurrentHashMap<>();
    static final AtomicInteger WORKED = new AtomicInteger();
    static final AtomicInteger ASKED_FOR_KEPT = new AtomicInteger();
    static volatile boolean silent;

    static void reset() {
        KEPT.clear();
        WORKED.set(0);
        ASKED_FOR_KEPT.set(0);
        silent = false;
    }

    @Override
    public WorkerClient create() {
        return new WorkerClient() {
            @Override
            public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                String id = order.placed().getRequest().getRequestId();
                Done kept = KEPT.get(id);
                if (order.keptOnly()) {
                    ASKED_FOR_KEPT.incrementAndGet();
                    return CompletableFuture.completedFuture(
                            kept != null ? kept : new Failed(Reason.NotKept, "not kept", true));
                }
                if (kept == null) {
                    WORKED.incrementAndGet();
                    kept = new Done(List.of(rendition()), 1, 1, true);
                    KEPT.put(id, kept);
                }
                return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(kept);
            }

            @Override
            public void close() {}
        };
    }

    private static Rendition rendition() {
        return Rendition.newBuilder()
                .setName("P144p30fps16x9")
                .setWidth(256)
                .setHeight(144)
                .setFrames(1)
                .setPixels(PIXELS)
                .setBitrate(1)
                .setFormat(OutputFormat.MPEGTS)
                .setPayload(ByteBuffer.wrap(new byte[] {0x47}))
                .build();
    }
}
