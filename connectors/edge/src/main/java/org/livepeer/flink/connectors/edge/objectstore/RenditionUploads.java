package org.livepeer.flink.connectors.edge.objectstore;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.livepeer.flink.connectors.edge.reply.RenditionIndex;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.StoreReference;

/**
 * Writes the renditions of an answer to the object store, all at the same time, under go-livepeer's
 * keys: {@code SESSION/RENDITION/SEQ.ts} (or {@code .mp4}, and {@code .phash} behind either for a
 * video signature). What was just written is not written again. Thread-safe.
 */
public final class RenditionUploads implements AutoCloseable {
    /** go-tools gives a save as much ({@code drivers/s3.go}). */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int THREADS = 64;
    private static final String SIGNATURE = ".phash";
    private static final String BYTES = "application/octet-stream";

    private final ObjectStore store;
    private final SegmentStore segments;
    private final RecentObjects recent = new RecentObjects();
    private final Timer written;
    private final Timer failed;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    30,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task -> {
                        Thread thread = new Thread(task, "object-store");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * @param store is closed with this
     * @param segments where large renditions are
     */
    public RenditionUploads(ObjectStore store, SegmentStore segments, MeterRegistry meters) {
        this.store = store;
        this.segments = segments;
        this.written = timer(meters, "ok");
        this.failed = timer(meters, "failed");
        threads.allowCoreThreadTimeOut(true);
    }

    private static Timer timer(MeterRegistry meters, String status) {
        return Timer.builder("livepeer.edge.objects")
                .description("objects written to -objectStore")
                .tag("status", status)
                .register(meters);
    }

    /**
     * Writes them.
     *
     * @param timeMs after which it has failed, ms; 10 s at most count
     * @return their URLs in their order; fails as soon as one of them is not written
     */
    public CompletableFuture<List<String>> write(
            String session, long seq, List<Rendition> renditions, long timeMs) {
        long time = Math.max(1, Math.min(LONGEST.toMillis(), timeMs));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(time);
        List<String> urls = new ArrayList<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Rendition rendition : renditions) {
            String key = RenditionIndex.path(session, rendition, seq);
            urls.add(store.url(key));
            all.add(begin(key, () -> media(rendition), end));
            ByteBuffer signature = rendition.getPerceptualHash();
            if (signature != null) {
                all.add(begin(key + SIGNATURE, () -> content(BYTES, signature), end));
            }
        }
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        for (CompletableFuture<Void> each : all) {
            each.whenComplete(
                    (done, failure) -> {
                        if (failure != null) {
                            answer.completeExceptionally(failure);
                        }
                    });
        }
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                .thenRun(() -> answer.complete(urls));
        return answer.orTimeout(time, TimeUnit.MILLISECONDS);
    }

    /**
     * An object to be.
     *
     * @param hash SHA-256
     */
    private record Content(ObjectStore.Media media, ByteBuffer hash) {}

    private CompletableFuture<Void> begin(String key, Supplier<Content> content, long end) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        write(key, content.get(), end);
                    } catch (IOException | TimeoutException e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    private void write(String key, Content content, long end) throws IOException, TimeoutException {
        if (recent.has(key, content.hash())) {
            return;
        }
        long begun = System.nanoTime();
        if (end - begun <= 0) {
            throw new TimeoutException("no turn in time");
        }
        recent.forget(key);
        Timer result = failed;
        try {
            store.put(key, content.media(), Duration.ofNanos(end - begun));
            recent.add(key, content.hash());
            result = written;
        } finally {
            result.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    private Content media(Rendition rendition) {
        String type = rendition.getFormat() == OutputFormat.MP4 ? "video/mp4" : "video/mp2t";
        StoreReference reference = rendition.getReference();
        if (reference == null) {
            return content(type, rendition.getPayload());
        }
        return new Content(
                new ObjectStore.Media(reference.getLength(), type, () -> segments.open(reference)),
                reference.getHash());
    }

    private static Content content(String type, ByteBuffer buffer) {
        byte[] bytes = buffer.hasArray() ? buffer.array() : Bytes.of(buffer);
        int from = buffer.hasArray() ? buffer.arrayOffset() + buffer.position() : 0;
        int length = buffer.remaining();
        MessageDigest hash = RequestIds.sha256();
        hash.update(bytes, from, length);
        return new Content(
                new ObjectStore.Media(
                        length, type, () -> new ByteArrayInputStream(bytes, from, length)),
                ByteBuffer.wrap(hash.digest()));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        store.close();
    }
}
