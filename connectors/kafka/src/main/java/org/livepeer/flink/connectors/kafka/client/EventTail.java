package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
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
    private final KafkaConsumer<byte[], byte[]> consumer;

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
        Event[] found = new Event[1];
        long giveUpAt = System.nanoTime() + patience.toNanos();
        follow(
                event -> {
                    if (fits.test(event)) {
                        found[0] = event;
                    }
                    return found[0] == null && System.nanoTime() < giveUpAt;
                },
                patience);
        return found[0];
    }

    /** Hands events over until the taker has enough or nothing more came for the time given. */
    public void follow(Predicate<Event> takesMore, Duration patience) {
        long quietSince = System.nanoTime();
        while (System.nanoTime() - quietSince < patience.toNanos()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                quietSince = System.nanoTime();
                Event event = decode(record);
                if (event != null && !takesMore.test(event)) {
                    return;
                }
            }
        }
    }

    /** Hands over what is there now, and returns. */
    public void untilNow(Consumer<Event> taker) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (!ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                Event event = decode(record);
                if (event != null) {
                    taker.accept(event);
                }
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
