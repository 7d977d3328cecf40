package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;

/** Follows {@code events}, from the beginning or from now on. */
public final class EventTail implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Fetched with others before it, and not handed over yet. */
    private final Deque<Event> unread = new ArrayDeque<>();

    public EventTail(KafkaAddress address, boolean fromTheBeginning) {
        consumer = Reading.consumer(address);
        List<TopicPartition> partitions = Reading.partitions(consumer, address, Topics.EVENTS);
        consumer.assign(partitions);
        if (fromTheBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        }
    }

    /** The next event that fits, or null when none came in time, whatever else comes. */
    public @Nullable Event await(Predicate<Event> fits, Duration patience) {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        Event event = next(giveUpAt);
        while (event != null && !fits.test(event)) {
            event = next(giveUpAt);
        }
        return event;
    }

    /** Hands events over until the taker has enough or nothing more came for the time given. */
    public void follow(Predicate<Event> takesMore, Duration patience) {
        Event event;
        do {
            event = next(System.nanoTime() + patience.toNanos());
        } while (event != null && takesMore.test(event));
    }

    /** Hands over what is there now, and returns. */
    public void untilNow(Consumer<Event> taker) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (!ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            handOver(taker);
            fetch(STEP);
        }
        handOver(taker);
    }

    private void handOver(Consumer<Event> taker) {
        unread.forEach(taker);
        unread.clear();
    }

    /** The next one; null when none came by then. */
    private @Nullable Event next(long giveUpAt) {
        for (long left = left(giveUpAt); left > 0; left = left(giveUpAt)) {
            Event event = unread.poll();
            if (event != null) {
                return event;
            }
            fetch(Duration.ofNanos(Math.min(left, STEP.toNanos())));
        }
        return null;
    }

    private static long left(long giveUpAt) {
        return giveUpAt - System.nanoTime();
    }

    private void fetch(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            Event event = decode(record);
            if (event != null) {
                unread.add(event);
            }
        }
    }

    private static @Nullable Event decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            return RecordCodec.of(Event.class).decode(record.value());
        } catch (UndecodableException e) {
            return null;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
