package org.livepeer.flink.jobs.benchmark;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.TopicTail;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.schemas.SegmentResult;

/**
 * When the broker appended a segment and its result, put beside the stamps. Append times are whole
 * milliseconds: each is taken to be in the middle of its own.
 */
final class RecordTimes {
    private RecordTimes() {}

    /** Reads all results that there are; best when nothing is measured meanwhile. */
    static void stamp(KafkaAddress address) {
        long offset = clockOffset();
        Properties properties = address.consumerProperties();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            String topic = address.topic(Topics.RESULTS);
            consumer.assign(
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList());
            consumer.seekToBeginning(consumer.assignment());
            var ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> stamp(record, offset));
            }
        }
    }

    private static void stamp(ConsumerRecord<byte[], byte[]> record, long offset) {
        SegmentResult result = TopicTail.decode(SegmentResult.class, record);
        String key = Stamps.key(result.getManifestId(), result.getSeq());
        if (Stamps.has(key, Point.PUSHED)) {
            Stamps.stamp(key, Point.APPENDED, nanos(result.getAcceptedAtMs(), offset));
            Stamps.stamp(key, Point.RECORDED, nanos(record.timestamp(), offset));
        }
    }

    private static long nanos(long epochMs, long offset) {
        return TimeUnit.MILLISECONDS.toNanos(epochMs) + 500_000 - offset;
    }

    /** Nanoseconds by which the wall clock is ahead of {@link System#nanoTime()}. */
    private static long clockOffset() {
        long last = System.currentTimeMillis();
        long now = last;
        while (now == last) {
            now = System.currentTimeMillis();
        }
        return TimeUnit.MILLISECONDS.toNanos(now) - System.nanoTime();
    }
}
