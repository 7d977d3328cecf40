package org.livepeer.flink.connectors.kafka.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records that came along with one that was asked for: whoever reads a backlog back asks for them
 * next. Bounded by bytes, the oldest goes first; given out once. Thread-safe.
 */
final class ReadAhead {
    private final long mostBytes;
    // Oldest first.
    private final Map<Place, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
    private long bytes;

    private record Place(TopicPartition partition, long offset) {}

    ReadAhead(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    synchronized void add(ConsumerRecord<byte[], byte[]> record) {
        take(new TopicPartition(record.topic(), record.partition()), record.offset());
        records.put(place(record), record);
        bytes += size(record);
        var oldest = records.values().iterator();
        while (bytes > mostBytes && oldest.hasNext()) {
            bytes -= size(oldest.next());
            oldest.remove();
        }
    }

    synchronized @Nullable ConsumerRecord<byte[], byte[]> take(
            TopicPartition partition, long offset) {
        ConsumerRecord<byte[], byte[]> record = records.remove(new Place(partition, offset));
        if (record != null) {
            bytes -= size(record);
        }
        return record;
    }

    private static Place place(ConsumerRecord<byte[], byte[]> record) {
        return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    private static long size(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedValueSize());
    }
}
