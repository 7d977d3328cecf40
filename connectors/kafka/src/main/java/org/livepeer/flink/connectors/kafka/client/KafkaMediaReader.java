package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.source.TopicRecordDeserializer;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TopicRecord;

/** Reads single records back from where they stand, by a few consumers on threads of their own. */
public final class KafkaMediaReader implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int WAITING = 256;

    private final Properties properties;
    private final ConcurrentLinkedQueue<KafkaConsumer<byte[], byte[]>> idle =
            new ConcurrentLinkedQueue<>();
    private final ThreadPoolExecutor threads;

    /**
     * @param readers records read at the same time; 256 more may wait
     */
    public KafkaMediaReader(KafkaAddress address, int readers) {
        properties = address.consumerProperties();
        properties.setProperty("max.poll.records", "1");
        properties.setProperty("auto.offset.reset", "none");
        properties.setProperty("default.api.timeout.ms", Integer.toString((int) LIMIT.toMillis()));
        threads =
                new ThreadPoolExecutor(
                        readers,
                        readers,
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(WAITING),
                        work -> {
                            Thread thread = new Thread(work, "media-reader");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Reads a record. Fails with {@link KafkaClientException} when it is no longer there, does not
     * come within 10 s, or too many reads wait.
     */
    public CompletableFuture<TopicRecord> read(Coordinates at) {
        CompletableFuture<TopicRecord> answer = new CompletableFuture<>();
        long giveUpAt = System.nanoTime() + LIMIT.toNanos();
        try {
            threads.execute(
                    () -> {
                        try {
                            answer.complete(readNow(at, giveUpAt));
                        } catch (KafkaException e) {
                            answer.completeExceptionally(
                                    new KafkaClientException(
                                            "cannot read " + text(at) + ": " + e.getMessage(), e));
                        } catch (RuntimeException | Error e) {
                            answer.completeExceptionally(e);
                        }
                    });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new KafkaClientException(
                            "cannot read " + text(at) + ": closed, or too many reads wait", e));
        }
        return answer;
    }

    private TopicRecord readNow(Coordinates at, long giveUpAt) {
        KafkaConsumer<byte[], byte[]> consumer = idle.poll();
        if (consumer == null) {
            consumer =
                    new KafkaConsumer<>(
                            properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }
        boolean sound = false;
        try {
            TopicRecord record = readNow(consumer, at, giveUpAt);
            sound = true;
            return record;
        } finally {
            if (sound && !threads.isShutdown()) {
                idle.add(consumer);
            } else {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    private static TopicRecord readNow(
            KafkaConsumer<byte[], byte[]> consumer, Coordinates at, long giveUpAt) {
        TopicPartition partition = new TopicPartition(at.getTopic(), at.getPartition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, at.getOffset());
        while (System.nanoTime() < giveUpAt) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (record.offset() != at.getOffset()) {
                    throw new KafkaClientException(text(at) + " is no longer there");
                }
                return TopicRecordDeserializer.of(record);
            }
        }
        throw new KafkaClientException("could not read " + text(at) + " in " + LIMIT);
    }

    private static String text(Coordinates at) {
        return at.getTopic() + "-" + at.getPartition() + " at offset " + at.getOffset();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        for (KafkaConsumer<byte[], byte[]> consumer = idle.poll();
                consumer != null;
                consumer = idle.poll()) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
