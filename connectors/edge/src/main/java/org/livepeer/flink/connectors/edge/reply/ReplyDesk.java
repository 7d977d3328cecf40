package org.livepeer.flink.connectors.edge.reply;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.livepeer.flink.connectors.edge.feed.TopicTail;
import org.livepeer.flink.connectors.edge.session.ReplyTags;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SegmentResult;

/**
 * Where requests wait for the job's answer, by the mark that their push carried. Follows {@code
 * results} as a whole: the renditions of other edges' sessions are noted as well. Thread-safe.
 */
public final class ReplyDesk implements AutoCloseable {
    private final ReplyTags tags;
    private final RenditionIndex index;
    private final TopicTail tail;
    private final TopicTail past;
    private final ConcurrentMap<String, CompletableFuture<SegmentResult>> waiting =
            new ConcurrentHashMap<>();

    /**
     * @param lookBack how far before its start renditions are noted before it can be relied on
     * @param farBack how far before its start renditions are noted beside that
     */
    public ReplyDesk(
            KafkaAddress address,
            ReplyTags tags,
            RenditionIndex index,
            Duration lookBack,
            Duration farBack) {
        this.tags = tags;
        this.index = index;
        this.tail =
                new TopicTail(
                        "replies",
                        address,
                        List.of(new TopicTail.Start(Topics.RESULTS, lookBack)),
                        (topic, message, atMs) -> take(message, atMs));
        this.past =
                TopicTail.untilNow(
                        "past-replies",
                        address,
                        List.of(new TopicTail.Start(Topics.RESULTS, farBack)),
                        (topic, message, atMs) -> takePast(message, atMs));
    }

    /** Begins to read. */
    public void start() {
        tail.start();
        past.start();
    }

    /** What it waits for before it can be relied on; empty when nothing. */
    public Optional<String> waitingFor() {
        return tail.waitingFor();
    }

    /**
     * The answer to the push with that mark; completes with a {@link
     * java.util.concurrent.TimeoutException} when none came in time.
     */
    public CompletableFuture<SegmentResult> await(String tag, long patienceMs) {
        CompletableFuture<SegmentResult> answer = new CompletableFuture<>();
        waiting.put(tag, answer);
        answer.orTimeout(patienceMs, TimeUnit.MILLISECONDS)
                .whenComplete((result, failure) -> waiting.remove(tag));
        return answer;
    }

    /** Requests that wait now. */
    public int waiting() {
        return waiting.size();
    }

    private void take(ConsumerRecord<byte[], byte[]> message, long atMs) {
        read(
                message,
                (session, result) -> {
                    index.note(session, result, message, atMs);
                    CompletableFuture<SegmentResult> answer = waiting.get(result.getReplyTag());
                    if (answer != null) {
                        answer.complete(result);
                    }
                });
    }

    private void takePast(ConsumerRecord<byte[], byte[]> message, long atMs) {
        read(message, (session, result) -> index.notePast(session, result, message, atMs));
    }

    /** Hands over an answer to a push of the wire, with its session; other records pass. */
    private void read(
            ConsumerRecord<byte[], byte[]> message, BiConsumer<String, SegmentResult> taker) {
        if (message.value() == null) {
            return;
        }
        SegmentResult result;
        try {
            result = RecordCodec.of(SegmentResult.class).decode(message.value());
        } catch (RecordCodec.UndecodableException e) {
            return;
        }
        String tag = result.getReplyTag();
        if (!tag.isEmpty()) {
            tags.session(tag, result.getManifestId(), result.getSeq())
                    .ifPresent(session -> taker.accept(session, result));
        }
    }

    @Override
    public void close() {
        past.close();
        tail.close();
    }
}
