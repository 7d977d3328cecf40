package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;

/** Consumers of bytes without a group: positions are nobody's business but the reader's. */
final class Reading {
    private static final Duration STALL = Duration.ofSeconds(30);

    private Reading() {}

    static KafkaConsumer<byte[], byte[]> consumer(KafkaAddress address) {
        return consumer(address.consumerProperties());
    }

    /**
     * For records here and there: a broker gives what stands at a place and up to 1 MB of what
     * follows, and waits no more than 10 ms for more to be written.
     */
    static KafkaConsumer<byte[], byte[]> spots(KafkaAddress address) {
        Properties properties = address.consumerProperties();
        properties.setProperty("max.partition.fetch.bytes", Integer.toString(1 << 20));
        properties.setProperty("fetch.max.bytes", Integer.toString(1 << 20));
        properties.setProperty("fetch.max.wait.ms", "10");
        return consumer(properties);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Properties properties) {
        properties.setProperty("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * @throws IllegalStateException when no broker answers or the topic is missing
     */
    static List<TopicPartition> partitions(
            KafkaConsumer<?, ?> consumer, KafkaAddress address, Topics topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        try {
            var infos = consumer.partitionsFor(address.topic(topic), Duration.ofSeconds(15));
            if (infos != null) {
                infos.forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "no Kafka broker answers at "
                            + address.bootstrapServers()
                            + ": start one, or give -kafka HOST:PORT",
                    e);
        }
        if (partitions.isEmpty()) {
            throw new IllegalStateException(
                    "topic " + address.topic(topic) + " is missing: run `livepeer topics create`");
        }
        return partitions;
    }

    /** Every record that a topic has now, partition by partition. */
    static List<ConsumerRecord<byte[], byte[]>> all(KafkaAddress address, Topics topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(address)) {
            List<TopicPartition> partitions = partitions(consumer, address, topic);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            long lastProgress = System.nanoTime();
            while (!ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                var some = consumer.poll(Duration.ofMillis(200));
                some.forEach(records::add);
                if (!some.isEmpty()) {
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > STALL.toNanos()) {
                    throw new IllegalStateException(
                            "Kafka at "
                                    + address.bootstrapServers()
                                    + " gave nothing more of "
                                    + address.topic(topic)
                                    + " for "
                                    + STALL.toSeconds()
                                    + " s");
                }
            }
        }
        return records;
    }
}
