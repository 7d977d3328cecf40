package org.livepeer.flink.connectors.kafka.sink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** A record about to be written; a small builder over Kafka's. */
final class OutRecord {
    private final String topic;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final Map<String, byte[]> headers = new LinkedHashMap<>();
    private @Nullable Integer partition;

    OutRecord(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        this.topic = topic;
        this.key = key;
        this.value = value;
    }

    OutRecord header(String name, String text) {
        return header(name, text.getBytes(StandardCharsets.UTF_8));
    }

    OutRecord header(String name, byte[] bytes) {
        headers.put(name, bytes);
        return this;
    }

    OutRecord partition(@Nullable Integer number) {
        partition = number;
        return this;
    }

    ProducerRecord<byte[], byte[]> build() {
        RecordHeaders all = new RecordHeaders();
        headers.forEach(all::add);
        return new ProducerRecord<>(topic, partition, null, key, value, all);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(ByteBuffer buffer) {
        if (buffer.hasArray() && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
