package org.livepeer.flink.connectors.edge.history;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.RecordCodec;

/** The topic {@code events}, read in pieces. */
final class EventLog {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KafkaAddress address;

    EventLog(KafkaAddress address) {
        this.address = address;
    }

    /** A consumer for one question. */
    Session open(Subject subject) {
        Properties properties = address.consumerProperties();
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("allow.auto.create.topics", "false");
        properties.setProperty("max.poll.records", "1000");
        properties.setProperty("max.partition.fetch.bytes", Integer.toString(1 << 20));
        properties.setProperty("default.api.timeout.ms", Long.toString(PATIENCE.toMillis()));
        return new Session(
                subject,
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** One question's reading; not thread-safe. */
    final class Session implements AutoCloseable {
        private final Subject subject;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final String topic = address.topic(Topics.EVENTS);
        private Map<TopicPartition, Long> ends = Map.of();
        private int searched;

        private Session(Subject subject, KafkaConsumer<byte[], byte[]> consumer) {
            this.subject = subject;
            this.consumer = consumer;
        }

        /** Where reading back begins: at the end, or at an instant. */
        List<Reach> reaches(OptionalLong beforeMs) {
            List<TopicPartition> partitions = partitions();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> tops = new HashMap<>(ends);
            if (beforeMs.isPresent()) {
                Map<TopicPartition, Long> times = new HashMap<>();
                partitions.forEach(p -> times.put(p, beforeMs.getAsLong()));
                Map<TopicPartition, @Nullable OffsetAndTimestamp> found =
                        consumer.offsetsForTimes(times);
                found.forEach(
                        (p, at) -> {
                            if (at != null) {
                                tops.put(p, at.offset());
                            }
                        });
            }
            return partitions.stream()
                    .map(p -> new Reach(p, begins.getOrDefault(p, 0L), tops.getOrDefault(p, 0L)))
                    .toList();
        }

        private List<TopicPartition> partitions() {
            List<PartitionInfo> infos = consumer.partitionsFor(topic);
            if (infos == null || infos.isEmpty()) {
                throw new UnknownTopicOrPartitionException(
                        "topic " + topic + " is missing: run `livepeer topics create`");
            }
            int count = infos.size();
            return subject.key()
                    .map(key -> List.of(new TopicPartition(topic, partition(key, count))))
                    .orElseGet(
                            () ->
                                    infos.stream()
                                            .map(p -> new TopicPartition(topic, p.partition()))
                                            .toList());
        }

        /** As Kafka's producers place a key. */
        private static int partition(String key, int count) {
            return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % count;
        }

        /** Reads a piece further back. */
        void extend(Reach reach, int records) {
            long from = reach.next(records);
            List<ConsumerRecord<byte[], byte[]>> read = read(reach.partition(), from, reach.from());
            reach.extend(from, read, decisions(read));
        }

        /** What was appended right after the place where reading back began. */
        List<Decision> after(Reach reach, int records) {
            long end = ends.getOrDefault(reach.partition(), 0L);
            return decisions(
                    read(reach.partition(), reach.from(), Math.min(end, reach.from() + records)));
        }

        private List<ConsumerRecord<byte[], byte[]>> read(
                TopicPartition partition, long from, long to) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < to) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    if (message.offset() < to) {
                        records.add(message);
                    }
                }
                if (System.nanoTime() > giveUpAt) {
                    throw new TimeoutException("Kafka gave nothing more of " + partition);
                }
            }
            searched += records.size();
            return records;
        }

        private List<Decision> decisions(List<ConsumerRecord<byte[], byte[]>> records) {
            List<Decision> decisions = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> message : records) {
                boolean ofInterest =
                        message.key() != null
                                && message.value() != null
                                && subject.concerns(
                                        new String(message.key(), StandardCharsets.UTF_8));
                Event event = ofInterest ? decode(message.value()) : null;
                if (event != null && subject.concerns(event.getStream())) {
                    decisions.add(
                            new Decision(
                                    event,
                                    message.timestamp(),
                                    message.partition(),
                                    message.offset()));
                }
            }
            return decisions;
        }

        private static @Nullable Event decode(byte[] value) {
            try {
                return RecordCodec.of(Event.class).decode(value);
            } catch (RecordCodec.UndecodableException e) {
                return null;
            }
        }

        /** Records looked at so far. */
        int searched() {
            return searched;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
