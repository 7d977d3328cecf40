package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;

/**
 * Reads a whole topic without a consumer group: every partition from a start, then on. For one
 * thread, except {@link #wakeup}.
 */
final class TopicTail implements AutoCloseable {
    private final KafkaAddress address;
    private final String name;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private Map<TopicPartition, Long> ends = Map.of();

    private TopicTail(KafkaAddress address, String name, KafkaConsumer<byte[], byte[]> consumer) {
        this.address = address;
        this.name = name;
        this.consumer = consumer;
    }

    /**
     * Begins at the oldest record.
     *
     * @throws KafkaClientException when no broker answers or the topic is missing
     */
    static TopicTail fromTheBeginning(KafkaAddress address, Topics topic) {
        return open(address, topic, 0);
    }

    /** Begins at the first record appended at an instant, ms since the epoch, or later. */
    static TopicTail since(KafkaAddress address, Topics topic, long startAtMs) {
        return open(address, topic, startAtMs);
    }

    private static TopicTail open(KafkaAddress address, Topics topic, long startAtMs) {
        Properties properties = address.consumerProperties();
        properties.setProperty("max.poll.records", "500");
        properties.setProperty("default.api.timeout.ms", "15000");
        properties.setProperty("auto.offset.reset", "earliest");
        TopicTail tail =
                new TopicTail(
                        address,
                        address.topic(topic),
                        new KafkaConsumer<>(
                                properties,
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()));
        try {
            tail.begin(startAtMs);
            return tail;
        } catch (RuntimeException e) {
            tail.close();
            throw e;
        }
    }

    private void begin(long startAtMs) {
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(name);
            if (partitions == null || partitions.isEmpty()) {
                throw new KafkaClientException(
                        "topic "
                                + name
                                + " is missing at "
                                + address.bootstrapServers()
                                + ": run `livepeer topics create`");
            }
            List<TopicPartition> all =
                    partitions.stream().map(p -> new TopicPartition(name, p.partition())).toList();
            consumer.assign(all);
            ends = consumer.endOffsets(all);
            if (startAtMs == 0) {
                consumer.seekToBeginning(all);
            } else {
                seek(all, startAtMs);
            }
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private void seek(List<TopicPartition> all, long startAtMs) {
        Map<TopicPartition, Long> wanted = new HashMap<>();
        all.forEach(partition -> wanted.put(partition, startAtMs));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        for (TopicPartition partition : all) {
            OffsetAndTimestamp at = found.get(partition);
            consumer.seek(partition, at == null ? ends.getOrDefault(partition, 0L) : at.offset());
        }
    }

    private KafkaClientException unreadable(KafkaException e) {
        String why =
                e instanceof org.apache.kafka.common.errors.TimeoutException
                        ? "no Kafka broker answers at "
                                + address.bootstrapServers()
                                + ": start one, or give -kafka HOST:PORT"
                        : "cannot read " + name + ": " + e.getMessage();
        return new KafkaClientException(why, e);
    }

    /** Waits that long for records; none is no error. */
    Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration atMost) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(atMost);
        return records;
    }

    /** Whether everything that was there when reading began has been read. */
    boolean caughtUp() {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Ends a running poll from another thread. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(
                org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
