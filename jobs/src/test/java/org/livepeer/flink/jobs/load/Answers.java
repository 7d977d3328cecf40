package org.livepeer.flink.jobs.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;

/** Reads {@code renditions} as they come and says for each minute how long answers took. */
final class Answers implements AutoCloseable {
    private final KafkaAddress kafka;
    private final Map<String, Long> open = new ConcurrentHashMap<>();
    private final Map<String, Integer> statuses = new TreeMap<>();
    private final Map<String, Long> delivered = new ConcurrentHashMap<>();
    private final List<Integer> minute = new ArrayList<>();
    private volatile boolean reading = true;
    private volatile Throwable failure;
    private final Thread reader = new Thread(this::read, "answers");

    Answers(KafkaAddress kafka) {
        this.kafka = kafka;
        reader.start();
    }

    void pushed(String manifest, long seq) {
        open.put(manifest + "/" + seq, System.nanoTime());
    }

    /** Segments without an answer yet. */
    int open() {
        if (failure != null) {
            throw new AssertionError("answers are not read", failure);
        }
        return open.size();
    }

    /** Segments that came back, by manifest. */
    Map<String, Long> delivered() {
        return delivered;
    }

    /** First answers by status. */
    synchronized Map<String, Integer> statuses() {
        return new TreeMap<>(statuses);
    }

    /** Times since the last call, ms: count, p50, p99, max. */
    synchronized int[] minute() {
        int[] sorted = minute.stream().mapToInt(Integer::intValue).sorted().toArray();
        minute.clear();
        int n = sorted.length;
        return n == 0
                ? new int[4]
                : new int[] {n, sorted[n / 2], sorted[(int) (n * 0.99)], sorted[n - 1]};
    }

    private void read() {
        Properties properties = kafka.consumerProperties();
        properties.setProperty("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            String topic = kafka.topic(Topics.RENDITIONS);
            consumer.assign(
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList());
            consumer.seekToBeginning(consumer.assignment());
            while (reading) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::take);
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        String manifest = new String(record.key(), UTF_8);
        Long since = open.remove(manifest + "/" + header(record, "livepeer-seq"));
        if (since != null) {
            minute.add((int) ((System.nanoTime() - since) / 1_000_000));
            String status = header(record, "livepeer-status");
            statuses.merge(status, 1, Integer::sum);
            if (status.equals("ok")) {
                delivered.merge(manifest, 1L, Long::sum);
            }
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        reading = false;
        reader.join(10_000);
    }
}
