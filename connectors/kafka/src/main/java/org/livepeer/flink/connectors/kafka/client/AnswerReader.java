package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.SegmentResult;

/**
 * Follows the answers to one manifest's pushes, each handed over once, whole: repeats, which
 * at-least-once brings, are known by their request id. For one thread, except {@link #wakeup}.
 */
public final class AnswerReader implements AutoCloseable {
    private final String manifestId;
    private final TopicTail tail;
    private final boolean raw;
    private final Set<String> told = new HashSet<>();
    private final Map<String, Map<String, Rendered>> partial = new LinkedHashMap<>();

    private AnswerReader(KafkaAddress address, String manifestId, Topics topic, long sinceMs) {
        this.manifestId = manifestId;
        this.raw = topic == Topics.RENDITIONS;
        this.tail = TopicTail.since(address, topic, sinceMs);
    }

    /** Answers to raw pushes, appended at an instant (ms since the epoch) or later. */
    public static AnswerReader renditions(KafkaAddress address, String manifestId, long sinceMs) {
        return new AnswerReader(address, manifestId, Topics.RENDITIONS, sinceMs);
    }

    /** Answers to Avro pushes, appended at an instant (ms since the epoch) or later. */
    public static AnswerReader results(KafkaAddress address, String manifestId, long sinceMs) {
        return new AnswerReader(address, manifestId, Topics.RESULTS, sinceMs);
    }

    /** One rendition's media; empty when headers name a store reference. */
    public record Rendered(String name, byte[] media, Map<String, String> headers) {}

    /**
     * The whole answer to one segment.
     *
     * @param status "ok" or the reason code
     * @param detail what went wrong; empty when ok
     */
    public record SegmentAnswer(
            String requestId, long seq, String status, String detail, List<Rendered> renditions) {}

    /**
     * Answers that became whole within that time.
     *
     * @throws KafkaClientException when the topic cannot be read
     */
    public List<SegmentAnswer> next(Duration atMost) {
        List<SegmentAnswer> whole = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : tail.poll(atMost)) {
                if (record.key() == null || !manifestId.equals(new String(record.key(), UTF_8))) {
                    continue;
                }
                if (raw) {
                    takeRaw(record, whole);
                } else {
                    takeResult(record, whole);
                }
            }
        } catch (WakeupException e) {
            return whole;
        } catch (KafkaException e) {
            throw new KafkaClientException("cannot read answers: " + e.getMessage(), e);
        }
        return whole;
    }

    private void takeRaw(ConsumerRecord<byte[], byte[]> record, List<SegmentAnswer> whole) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        String request = headers.getOrDefault("livepeer-request", "");
        long seq = number(headers.get("livepeer-seq"), -1);
        String status = headers.getOrDefault("livepeer-status", "");
        if (!"ok".equals(status)) {
            String detail = headers.getOrDefault("livepeer-detail", "");
            if (told.add(request + status + record.offset())) {
                whole.add(new SegmentAnswer(request, seq, status, detail, List.of()));
            }
            return;
        }
        if (told.contains(request)) {
            return;
        }
        String name = headers.getOrDefault("livepeer-rendition", "");
        byte[] media = record.value() == null ? new byte[0] : record.value();
        Map<String, Rendered> parts =
                partial.computeIfAbsent(request, key -> new LinkedHashMap<>());
        parts.put(name, new Rendered(name, media, headers));
        if (parts.size() >= number(headers.get("livepeer-renditions"), 1)) {
            partial.remove(request);
            told.add(request);
            whole.add(new SegmentAnswer(request, seq, "ok", "", List.copyOf(parts.values())));
        }
    }

    private void takeResult(ConsumerRecord<byte[], byte[]> record, List<SegmentAnswer> whole) {
        SegmentResult result;
        try {
            result = RecordCodec.of(SegmentResult.class).decode(record.value());
        } catch (UndecodableException e) {
            throw new KafkaClientException("a result is unreadable: " + e.getMessage(), e);
        }
        if (!told.add(result.getRequestId() + result.getStatus() + result.getAcceptedAtMs())) {
            return;
        }
        List<Rendered> renditions = new ArrayList<>();
        result.getRenditions()
                .forEach(
                        one -> {
                            byte[] media = new byte[one.getPayload().remaining()];
                            one.getPayload().duplicate().get(media);
                            renditions.add(new Rendered(one.getName(), media, Map.of()));
                        });
        whole.add(
                new SegmentAnswer(
                        result.getRequestId(),
                        result.getSeq(),
                        result.getStatus(),
                        result.getDetail(),
                        renditions));
    }

    private static long number(@org.jspecify.annotations.Nullable String text, long otherwise) {
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Ends a running {@link #next} from another thread. */
    public void wakeup() {
        tail.wakeup();
    }

    @Override
    public void close() {
        tail.close();
    }
}
