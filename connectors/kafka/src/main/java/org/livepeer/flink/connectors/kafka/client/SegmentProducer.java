package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.StoreReference;

/** Pushes segments in either form. Thread-safe. */
public final class SegmentProducer implements AutoCloseable {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    public SegmentProducer(KafkaAddress address) {
        topic = address.topic(Topics.SEGMENTS);
        producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /**
     * A raw push.
     *
     * @param durationMs playing time in ms
     * @param profiles go-livepeer's profile JSON, or preset names with commas
     * @param media MPEG-TS or MP4; empty when reference is given
     * @param sender payer claimed, counts only where the operator bound it
     * @param deadlineMs ms from the append time within which the answer is of use; 0 for the job's
     *     default
     * @param reference where the media is in the segment store
     */
    public record RawPush(
            String manifestId,
            long seq,
            long durationMs,
            String profiles,
            byte[] media,
            @Nullable String sender,
            long deadlineMs,
            @Nullable StoreReference reference) {

        public RawPush(
                String manifestId, long seq, long durationMs, String profiles, byte[] media) {
            this(manifestId, seq, durationMs, profiles, media, null, 0, null);
        }
    }

    /** Completes when every replica has the record; answered on renditions. */
    public CompletableFuture<RecordMetadata> push(RawPush push) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, push.manifestId().getBytes(UTF_8), push.media());
        Headers headers = record.headers();
        add(headers, "livepeer-seq", Long.toString(push.seq()));
        add(headers, "livepeer-duration-ms", Long.toString(push.durationMs()));
        add(headers, "livepeer-profiles", push.profiles());
        if (push.sender() != null) {
            add(headers, "livepeer-sender", push.sender());
        }
        if (push.deadlineMs() > 0) {
            add(headers, "livepeer-deadline-ms", Long.toString(push.deadlineMs()));
        }
        StoreReference reference = push.reference();
        if (reference != null) {
            byte[] hash = new byte[reference.getHash().remaining()];
            ByteBuffer bytes = reference.getHash().duplicate();
            bytes.get(hash);
            add(headers, "livepeer-reference", reference.getName());
            add(headers, "livepeer-reference-length", Long.toString(reference.getLength()));
            add(headers, "livepeer-reference-sha256", HexFormat.of().formatHex(hash));
        }
        return send(record);
    }

    /** An Avro push; answered on results. */
    public CompletableFuture<RecordMetadata> push(Segment segment) {
        return send(
                new ProducerRecord<>(
                        topic,
                        segment.getManifestId().getBytes(UTF_8),
                        RecordCodec.of(Segment.class).encode(segment)));
    }

    private CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
        try {
            producer.send(
                    record,
                    (metadata, failure) -> {
                        if (failure == null) {
                            written.complete(metadata);
                        } else {
                            written.completeExceptionally(failure);
                        }
                    });
        } catch (KafkaException e) {
            written.completeExceptionally(e);
        }
        return written;
    }

    private static void add(Headers headers, String name, String text) {
        headers.add(name, text.getBytes(UTF_8));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
