package org.livepeer.flink.connectors.edge.reply;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.StoreReference;

/**
 * Where the renditions of the wire's sessions are: in the segment store, or in the record of {@code
 * results} that carried them. The newest media is also held in memory up to a limit, since gateways
 * come for it at once. Thread-safe.
 */
public final class RenditionIndex {
    /** Paths that are waited for at a time: whoever asks for more of them is told at once. */
    private static final int MOST_AWAITED = 1_000;

    private final long keepMs;
    private final int mostEntries;
    private final long mostBytes;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final LinkedHashMap<String, ByteBuffer> recent = new LinkedHashMap<>();
    private final Map<String, CompletableFuture<Optional<Place>>> awaited = new HashMap<>();
    private long recentBytes;

    /**
     * @param keep how long a rendition is known after its answer
     * @param mostEntries most renditions known; the oldest go first
     * @param mostBytes most bytes of media in memory
     */
    public RenditionIndex(Duration keep, int mostEntries, long mostBytes) {
        this.keepMs = keep.toMillis();
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
    }

    /**
     * Where a rendition is.
     *
     * @param reference set when it is in the store
     * @param record where the answer stands that has it, at that number of its renditions
     */
    public record Place(
            @Nullable StoreReference reference,
            Coordinates record,
            int number,
            long length,
            OutputFormat format,
            @Nullable ByteBuffer signature,
            long notedAtMs) {}

    /** The path of a rendition below {@code /stream/}. */
    public static String path(String session, Rendition rendition, long seq) {
        String extension = rendition.getFormat() == OutputFormat.MP4 ? ".mp4" : ".ts";
        return session + "/" + rendition.getName() + "/" + seq + extension;
    }

    /** Notes every rendition of an answer that came now. */
    public void note(
            String session,
            SegmentResult result,
            ConsumerRecord<byte[], byte[]> message,
            long nowMs) {
        note(session, result, message, nowMs, true).forEach(Runnable::run);
    }

    /** Notes what is not known yet of an answer that came long ago. */
    void notePast(
            String session,
            SegmentResult result,
            ConsumerRecord<byte[], byte[]> message,
            long atMs) {
        note(session, result, message, atMs, false).forEach(Runnable::run);
    }

    /**
     * @return tells those who wait; to be run without the lock
     */
    private synchronized List<Runnable> note(
            String session,
            SegmentResult result,
            ConsumerRecord<byte[], byte[]> message,
            long nowMs,
            boolean isNew) {
        List<Runnable> told = new ArrayList<>();
        Coordinates record =
                new Coordinates(
                        message.topic(),
                        message.partition(),
                        message.offset(),
                        message.timestamp());
        int number = 0;
        for (Rendition rendition : result.getRenditions()) {
            String path = path(session, rendition, result.getSeq());
            StoreReference reference = rendition.getReference();
            ByteBuffer media = rendition.getPayload();
            Place place =
                    new Place(
                            reference,
                            record,
                            number++,
                            reference == null ? media.remaining() : reference.getLength(),
                            rendition.getFormat(),
                            rendition.getPerceptualHash(),
                            nowMs);
            CompletableFuture<Optional<Place>> waiting = awaited.remove(path);
            if (waiting != null) {
                told.add(() -> waiting.complete(Optional.of(place)));
            }
            if (!isNew) {
                places.putIfAbsent(path, place);
                continue;
            }
            places.remove(path);
            places.put(path, place);
            forget(path);
            if (reference == null && media.remaining() <= mostBytes) {
                recent.put(path, media);
                recentBytes += media.remaining();
            }
        }
        while (recentBytes > mostBytes) {
            forget(recent.keySet().iterator().next());
        }
        // What was noted as past stands behind newer ones and goes with them at the latest.
        var oldest = places.entrySet().iterator();
        while (oldest.hasNext()) {
            Place place = oldest.next().getValue();
            if (places.size() <= mostEntries && nowMs - place.notedAtMs() <= keepMs) {
                break;
            }
            oldest.remove();
        }
        return told;
    }

    private void forget(String path) {
        ByteBuffer media = recent.remove(path);
        if (media != null) {
            recentBytes -= media.remaining();
        }
    }

    /** Where the rendition of a path is. */
    public synchronized Optional<Place> find(String path) {
        return Optional.ofNullable(places.get(path));
    }

    /**
     * Where the rendition of a path is, as soon as its answer is read here: another edge may have
     * read it before, and told of it.
     *
     * @param patience empty when it has not come until then
     */
    public synchronized CompletableFuture<Optional<Place>> await(String path, Duration patience) {
        Place known = places.get(path);
        CompletableFuture<Optional<Place>> waiting = awaited.get(path);
        if (known != null || (waiting == null && awaited.size() >= MOST_AWAITED)) {
            return CompletableFuture.completedFuture(Optional.ofNullable(known));
        }
        if (waiting == null) {
            waiting = new CompletableFuture<>();
            awaited.put(path, waiting);
            CompletableFuture<Optional<Place>> own = waiting;
            waiting.completeOnTimeout(Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS)
                    .thenRun(() -> nobodyWaits(path, own));
        }
        return waiting;
    }

    private synchronized void nobodyWaits(String path, CompletableFuture<Optional<Place>> waiting) {
        awaited.remove(path, waiting);
    }

    /** Its bytes, when they are in memory. */
    public synchronized Optional<ByteBuffer> inMemory(String path) {
        ByteBuffer media = recent.get(path);
        return media == null ? Optional.empty() : Optional.of(media.duplicate());
    }
}
