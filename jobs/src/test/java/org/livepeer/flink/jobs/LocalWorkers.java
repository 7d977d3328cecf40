package org.livepeer.flink.jobs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.WorkerAddress;

/** A worker inside the test's process: 1000 pixels for each rendition, after a moment. */
public final class LocalWorkers implements WorkerClient.Factory {
    private static final long serialVersionUID = 1L;
    static final AtomicInteger CALLS = new AtomicInteger();
    public static final long PIXELS = 1_000;

    private final long delayMs;

    public LocalWorkers(long delayMs) {
        this.delayMs = delayMs;
    }

    @Override
    public WorkerClient create() {
        return new WorkerClient() {
            @Override
            public CompletableFuture<Answer> execute(WorkerAddress worker, Order order) {
                CALLS.incrementAndGet();
                List<Rendition> renditions = new ArrayList<>();
                for (Profile profile : order.placed().getRequest().getProfiles()) {
                    renditions.add(
                            Rendition.newBuilder()
                                    .setName(profile.getName())
                                    .setWidth(profile.getWidth())
                                    .setHeight(profile.getHeight())
                                    .setFrames(1)
                                    .setPixels(PIXELS)
                                    .setBitrate(profile.getBitrate())
                                    .setFormat(profile.getFormat())
                                    .setPayload(ByteBuffer.wrap(new byte[] {0x47}))
                                    .build());
                }
                Answer done = new Done(renditions, 1, delayMs, order.keptOnly());
                return new CompletableFuture<Answer>()
                        .completeOnTimeout(done, delayMs, TimeUnit.MILLISECONDS);
            }

            @Override
            public void close() {}
        };
    }
}
