package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;

/** Reads one topic from its beginning and keeps all it saw. */
public final class TopicTail implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();

    public TopicTail(KafkaAddress address, Topics topic) {
        Properties properties = address.consumerProperties();
        properties.setProperty("auto.offset.reset", "earliest");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(address.topic(topic)).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads on until what was seen is enough. */
    public List<ConsumerRecord<byte[], byte[]>> until(
            Predicate<List<ConsumerRecord<byte[], byte[]>>> enough, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (!enough.test(seen)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "after " + patience + " only " + seen.size() + " records were seen");
            }
            consumer.poll(Duration.ofMillis(100)).forEach(seen::add);
        }
        return seen;
    }

    /** Reads what is there now. */
    public List<ConsumerRecord<byte[], byte[]>> now() {
        var ends = consumer.endOffsets(consumer.assignment());
        return until(
                all ->
                        ends.entrySet().stream()
                                .allMatch(e -> consumer.position(e.getKey()) >= e.getValue()),
                Duration.ofSeconds(20));
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    public static <T extends SpecificRecordBase> T decode(
            Class<T> type, ConsumerRecord<byte[], byte[]> record) {
        try {
            return RecordCodec.of(type).decode(record.value());
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
