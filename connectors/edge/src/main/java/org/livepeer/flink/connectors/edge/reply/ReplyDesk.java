package org.livepeer.flink.connectors.edge.reply;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
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
    private final ConcurrentMap<String, CompletableFuture<SegmentResult>> waiting =
            new ConcurrentHashMap<>();

    /**
     * @param lookBack how far before its start renditions are noted
     */
    public ReplyDesk(
            KafkaAddress address, ReplyTags tags, RenditionIndex index, Duration lookBack) {
        this.tags = tags;
        this.index = index;
        this.tail =
                new TopicTail(
                        "replies",
                        address,
                        List.of(new TopicTail.Start(Topics.RESULTS, lookBack)),
                        (topic, message, atMs) -> take(message, atMs));
    }

    /** Begins to read. */
    public void start() {
        tail.start();
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

    void take(ConsumerRecord<byte[], byte[]> message, long atMs) {
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
        if (tag.isEmpty()) {
            return;
        }
        tags.session(tag, result.getManifestId(), result.getSeq())
                .ifPresent(
                        session -> {
                            index.note(session, result, message, atMs);
                            CompletableFuture<SegmentResult> answer = waiting.get(tag);
                            if (answer != null) {
                                answer.complete(result);
                            }
                        });
    }

    @Override
    public void close() {
        tail.close();
    }
}
