package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;

/** Follows the raw answers to one manifest's pushes from the moment it was opened. */
public final class AnswerTail implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String manifest;
    private final Set<Long> ok = new HashSet<>();
    private final Set<Long> failed = new HashSet<>();

    public AnswerTail(KafkaAddress address, String manifest) {
        this.manifest = manifest;
        this.consumer = Reading.consumer(address);
        List<TopicPartition> partitions = Reading.partitions(consumer, address, Topics.RENDITIONS);
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Takes what has come. */
    public void poll(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            if (isOurs(record)) {
                boolean fine = "ok".equals(header(record, "livepeer-status"));
                (fine ? ok : failed).add(seq(record));
            }
        }
    }

    /** Segments that have an answer. */
    public long answered() {
        return ok.size() + failed();
    }

    /** Segments whose answer is a failure. */
    public long failed() {
        return failed.stream().filter(seq -> !ok.contains(seq)).count();
    }

    private boolean isOurs(ConsumerRecord<byte[], byte[]> record) {
        return record.key() != null && manifest.equals(new String(record.key(), UTF_8));
    }

    private static long seq(ConsumerRecord<byte[], byte[]> record) {
        String text = header(record, "livepeer-seq");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
