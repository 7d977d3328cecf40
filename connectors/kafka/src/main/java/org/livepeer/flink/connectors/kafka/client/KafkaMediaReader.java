package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.source.TopicRecordDeserializer;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TopicRecord;

/** Reads single records back by where they stand, on threads of its own. */
public final class KafkaMediaReader implements AutoCloseable {
    private static final int THREADS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaAddress address;
    private final ThreadPoolExecutor threads;
    private final LinkedBlockingQueue<KafkaConsumer<byte[], byte[]>> idle =
            new LinkedBlockingQueue<>();

    public KafkaMediaReader(KafkaAddress address) {
        this.address = address;
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(1_000),
                        task -> {
                            Thread thread = new Thread(task, "media-reader");
                            thread.setDaemon(true);
                            return thread;
                        });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** The record, or an exception when it is gone or no broker gives it within 10 s. */
    public CompletableFuture<TopicRecord> read(Coordinates origin) {
        CompletableFuture<TopicRecord> result = new CompletableFuture<>();
        try {
            threads.execute(
                    () -> {
                        try {
                            result.complete(fetch(origin));
                        } catch (RuntimeException e) {
                            result.completeExceptionally(e);
                        }
                    });
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private TopicRecord fetch(Coordinates origin) {
        KafkaConsumer<byte[], byte[]> pooled = idle.poll();
        KafkaConsumer<byte[], byte[]> consumer = pooled == null ? Reading.single(address) : pooled;
        boolean fine = false;
        try {
            TopicRecord record = fetch(consumer, origin);
            // What the consumer fetched ahead is of no use and would stay in memory.
            consumer.unsubscribe();
            fine = true;
            if (record == null) {
                throw new IllegalStateException(
                        "the record at "
                                + origin.getTopic()
                                + "-"
                                + origin.getPartition()
                                + "@"
                                + origin.getOffset()
                                + " is gone or was not given within "
                                + PATIENCE.toSeconds()
                                + " s");
            }
            return record;
        } finally {
            if (fine && !threads.isShutdown()) {
                idle.add(consumer);
            } else {
                consumer.close();
            }
        }
    }

    private static @Nullable TopicRecord fetch(
            KafkaConsumer<byte[], byte[]> consumer, Coordinates origin) {
        TopicPartition partition = new TopicPartition(origin.getTopic(), origin.getPartition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, origin.getOffset());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record :
                    consumer.poll(Duration.ofMillis(500)).records(partition)) {
                return record.offset() == origin.getOffset()
                        ? TopicRecordDeserializer.of(record)
                        : null;
            }
        }
        return null;
    }

    @Override
    public void close() {
        threads.shutdown();
        for (KafkaConsumer<byte[], byte[]> consumer = idle.poll();
                consumer != null;
                consumer = idle.poll()) {
            consumer.close();
        }
    }
}
