package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Segment;

/** Pushes segments in either form. */
public final class SegmentProducer implements AutoCloseable {
    private final KafkaAddress address;
    private final KafkaProducer<byte[], byte[]> producer;

    public SegmentProducer(KafkaAddress address) {
        this.address = address;
        this.producer = Producers.of(address, new Properties());
    }

    /**
     * Pushes raw media.
     *
     * @param profiles preset names with commas, or go-livepeer's JSON
     * @param more further headers, such as {@code livepeer-deadline-ms}
     */
    public CompletableFuture<RecordMetadata> pushRaw(
            String manifestId,
            long seq,
            long durationMs,
            String profiles,
            byte[] media,
            Map<String, String> more) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("livepeer-seq", Long.toString(seq));
        headers.put("livepeer-duration-ms", Long.toString(durationMs));
        headers.put("livepeer-profiles", profiles);
        headers.putAll(more);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        address.topic(Topics.SEGMENTS), manifestId.getBytes(UTF_8), media);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return Producers.send(producer, record);
    }

    /** Pushes an Avro segment. */
    public CompletableFuture<RecordMetadata> push(Segment segment) {
        return Producers.send(
                producer,
                new ProducerRecord<>(
                        address.topic(Topics.SEGMENTS),
                        segment.getManifestId().getBytes(UTF_8),
                        RecordCodec.of(Segment.class).encode(segment)));
    }

    @Override
    public void close() {
        producer.close();
    }
}
