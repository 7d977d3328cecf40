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

/**
 * Reads records back by where they stand, on threads of its own. Those of a backlog come many at a
 * time, and the later ones need no call.
 */
public final class KafkaMediaReader implements AutoCloseable {
    private static final int THREADS = 2;
    private static final long AHEAD_BYTES = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaAddress address;
    private final ThreadPoolExecutor threads;
    private final LinkedBlockingQueue<KafkaConsumer<byte[], byte[]>> idle =
            new LinkedBlockingQueue<>();
    private final ReadAhead ahead = new ReadAhead(AHEAD_BYTES);

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
        TopicPartition partition = new TopicPartition(origin.getTopic(), origin.getPartition());
        ConsumerRecord<byte[], byte[]> known = ahead.take(partition, origin.getOffset());
        if (known != null) {
            return TopicRecordDeserializer.of(known);
        }
        KafkaConsumer<byte[], byte[]> pooled = idle.poll();
        KafkaConsumer<byte[], byte[]> consumer = pooled == null ? Reading.spots(address) : pooled;
        boolean fine = false;
        try {
            ConsumerRecord<byte[], byte[]> record = fetch(consumer, partition, origin.getOffset());
            fine = true;
            if (record == null) {
                throw new IllegalStateException(
                        "the record at "
                                + partition
                                + "@"
                                + origin.getOffset()
                                + " is gone or was not given within "
                                + PATIENCE.toSeconds()
                                + " s");
            }
            return TopicRecordDeserializer.of(record);
        } finally {
            if (fine && !threads.isShutdown()) {
                idle.add(consumer);
            } else {
                consumer.close();
            }
        }
    }

    private @Nullable ConsumerRecord<byte[], byte[]> fetch(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
        // Never without a partition of the topic: forgetting the topic costs the next read a
        // request for metadata, and those are 100 ms apart at least.
        if (!consumer.assignment().contains(partition)) {
            consumer.assign(List.of(partition));
        }
        consumer.seek(partition, offset);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var records = consumer.poll(Duration.ofMillis(500)).records(partition).iterator();
            if (records.hasNext()) {
                ConsumerRecord<byte[], byte[]> first = records.next();
                records.forEachRemaining(ahead::add);
                return first.offset() == offset ? first : null;
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
