package org.livepeer.flink.connectors.edge.feed;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows topics from a moment on, in a thread of its own, through outages of the broker and while
 * topics are still missing. Each record is handed over at least once.
 */
public final class TopicTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long PAUSE_MS = 500;

    /** Takes records, in the order of their partition. */
    @FunctionalInterface
    public interface Taker {
        /**
         * @param atMs when it came: its append time while the tail catches up, now afterwards
         */
        void take(Topics topic, ConsumerRecord<byte[], byte[]> message, long atMs);
    }

    /**
     * A topic and how far back it is read.
     *
     * @param lookBack null reads it from its beginning
     */
    public record Start(Topics topic, @Nullable Duration lookBack) {}

    private final KafkaAddress address;
    private final List<Start> starts;
    private final Taker taker;
    private final Thread thread;
    private final boolean endless;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<String, Topics> byName = new HashMap<>();
    private volatile @Nullable KafkaConsumer<byte[], byte[]> running;
    private volatile String waitingFor = "its reading of Kafka to begin";
    private volatile String lost = "";
    private volatile boolean caughtUp;
    private volatile boolean closed;

    /** One that goes on until it is closed. */
    public TopicTail(String name, KafkaAddress address, List<Start> starts, Taker taker) {
        this(name, address, starts, taker, true);
    }

    /** One that ends when it has read what is there at its start. */
    public static TopicTail untilNow(
            String name, KafkaAddress address, List<Start> starts, Taker taker) {
        return new TopicTail(name, address, starts, taker, false);
    }

    private TopicTail(
            String name, KafkaAddress address, List<Start> starts, Taker taker, boolean endless) {
        this.endless = endless;
        this.address = address;
        this.starts = List.copyOf(starts);
        this.taker = taker;
        this.thread = new Thread(this::run, "edge-" + name);
        thread.setDaemon(true);
        starts.forEach(s -> byName.put(address.topic(s.topic()), s.topic()));
    }

    /** Begins to read. */
    public void start() {
        thread.start();
    }

    /**
     * What it waits for: a broker that answers, a topic, or the end of what was there at its start;
     * empty when nothing.
     */
    public Optional<String> waitingFor() {
        if (!lost.isEmpty()) {
            return Optional.of(lost);
        }
        return caughtUp ? Optional.empty() : Optional.of(waitingFor);
    }

    /** Whether everything that was there at its start has been read. */
    public boolean hasCaughtUp() {
        return caughtUp;
    }

    private void run() {
        while (!closed) {
            try {
                follow();
            } catch (WakeupException | InterruptException e) {
                LOG.debug("{} stops", thread.getName());
            } catch (KafkaException e) {
                lost = noBroker();
                REPEATS.warn(
                        "Kafka not read, tried again reader={} cause={}",
                        thread.getName(),
                        e.toString());
                pause();
            }
        }
    }

    private void follow() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            running = consumer;
            if (closed || !assign(consumer)) {
                return;
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (!closed) {
                ConsumerRecords<byte[], byte[]> some = consumer.poll(POLL);
                lost = some.isEmpty() && !isConnected(consumer) ? noBroker() : "";
                for (ConsumerRecord<byte[], byte[]> message : some) {
                    take(message, caughtUp);
                    positions.put(
                            new TopicPartition(message.topic(), message.partition()),
                            message.offset() + 1);
                }
                if (!caughtUp && reached(consumer, ends)) {
                    caughtUp = true;
                    closed = !endless;
                }
            }
        } finally {
            running = null;
        }
    }

    private String noBroker() {
        return "a Kafka broker at "
                + address.bootstrapServers()
                + ", where none answers: start it, or give its address as -kafka HOST:PORT";
    }

    /** A consumer polls in silence while no broker is there; its count of connections tells. */
    private static boolean isConnected(KafkaConsumer<?, ?> consumer) {
        return consumer.metrics().values().stream()
                .filter(m -> m.metricName().name().equals("connection-count"))
                .anyMatch(m -> m.metricValue() instanceof Number n && n.doubleValue() > 0);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        var properties = address.consumerProperties();
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("allow.auto.create.topics", "false");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Finds the partitions and where to begin; false when a topic is not there yet. */
    private boolean assign(KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, @Nullable Duration> found = new HashMap<>();
        for (Start start : starts) {
            String name = address.topic(start.topic());
            List<PartitionInfo> partitions = partitions(consumer, name);
            if (partitions.isEmpty()) {
                lost = "";
                waitingFor = "topic " + name + ", which is missing: run `livepeer topics create`";
                pause();
                return false;
            }
            partitions.forEach(
                    p -> found.put(new TopicPartition(name, p.partition()), start.lookBack()));
        }
        lost = "";
        waitingFor = "the end of " + byName.keySet().stream().sorted().toList() + " to be reached";
        consumer.assign(found.keySet());
        Map<TopicPartition, Long> times = new HashMap<>();
        long now = System.currentTimeMillis();
        found.forEach((p, back) -> times.put(p, back == null ? 0 : now - back.toMillis()));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
        for (Map.Entry<TopicPartition, @Nullable Duration> entry : found.entrySet()) {
            TopicPartition partition = entry.getKey();
            Long known = positions.get(partition);
            OffsetAndTimestamp since = offsets.get(partition);
            if (known != null) {
                consumer.seek(partition, known);
            } else if (entry.getValue() == null) {
                consumer.seekToBeginning(List.of(partition));
            } else if (since != null) {
                consumer.seek(partition, since.offset());
            } else {
                consumer.seekToEnd(List.of(partition));
            }
            positions.put(partition, consumer.position(partition));
        }
        return true;
    }

    private static List<PartitionInfo> partitions(KafkaConsumer<?, ?> consumer, String name) {
        List<PartitionInfo> partitions = consumer.partitionsFor(name, PATIENCE);
        return partitions == null ? List.of() : partitions;
    }

    private void take(ConsumerRecord<byte[], byte[]> message, boolean caughtUp) {
        Topics topic = byName.get(message.topic());
        if (topic == null) {
            return;
        }
        long now = System.currentTimeMillis();
        try {
            taker.take(topic, message, caughtUp ? now : Math.min(message.timestamp(), now));
        } catch (RuntimeException e) {
            REPEATS.warn(
                    "record passed over topic={} partition={} offset={} cause={}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    e.toString());
        }
    }

    private static boolean reached(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        KafkaConsumer<byte[], byte[]> consumer = running;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
