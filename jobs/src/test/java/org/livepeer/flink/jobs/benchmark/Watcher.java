package org.livepeer.flink.jobs.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.schemas.StoreReference;

/** Reads the answers of one topic as they come, each with its whole media. */
final class Watcher implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Function<ConsumerRecord<byte[], byte[]>, String> keyOf;
    private final Thread thread;
    private volatile boolean running = true;

    Watcher(
            KafkaAddress address,
            String topic,
            Function<ConsumerRecord<byte[], byte[]>, String> keyOf) {
        this.keyOf = keyOf;
        consumer =
                new KafkaConsumer<>(
                        address.consumerProperties(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = new Thread(this::watch, "watcher-" + topic);
        thread.start();
    }

    private void watch() {
        while (running) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                Stamps.stamp(keyOf.apply(record), Point.SEEN);
            }
        }
        consumer.close();
    }

    /** Key of a rendition; what is in the store is read, and nothing may be refused. */
    static String rendition(ConsumerRecord<byte[], byte[]> record, SegmentStore store) {
        String status = header(record, "livepeer-status");
        if (!"ok".equals(status)) {
            throw new AssertionError(status + ": " + header(record, "livepeer-detail"));
        }
        String reference = header(record, "livepeer-reference");
        int bytes =
                reference == null
                        ? record.value().length
                        : stored(
                                store,
                                new StoreReference(
                                        reference,
                                        Long.parseLong(header(record, "livepeer-reference-length")),
                                        ByteBuffer.wrap(
                                                HexFormat.of()
                                                        .parseHex(
                                                                header(
                                                                        record,
                                                                        "livepeer-reference-sha256")))));
        if (bytes != EndToEndBenchmark.BYTES) {
            throw new AssertionError(bytes + " bytes came back");
        }
        return Stamps.key(
                new String(record.key(), UTF_8), Long.parseLong(header(record, "livepeer-seq")));
    }

    private static int stored(SegmentStore store, StoreReference reference) {
        try {
            return store.read(reference, EndToEndBenchmark.BYTES).length;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        thread.join(10_000);
    }
}
