package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history of one stream of events. A number that is not higher than the last one cuts the
 * history back when it comes from a later attempt, and is a repeat when it does not.
 */
public final class EventReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

    private final String stream;
    private final TopicTail tail;
    private final TreeMap<Long, Event> history = new TreeMap<>();

    /**
     * @param stream an account, or cell:NAME
     * @throws KafkaClientException when no broker answers or the topic is missing
     */
    public EventReader(KafkaAddress address, String stream) {
        this.stream = stream;
        this.tail = TopicTail.fromTheBeginning(address, Topics.EVENTS);
    }

    /** The history up to now, oldest first. */
    public List<Event> history() {
        try {
            while (!tail.caughtUp()) {
                next(Duration.ofMillis(200));
            }
        } catch (KafkaException e) {
            throw new KafkaClientException("cannot read events: " + e.getMessage(), e);
        }
        return List.copyOf(history.values());
    }

    /** Events that came within that time and count; those that they cut away were told before. */
    public List<Event> next(Duration atMost) {
        List<Event> fresh = new ArrayList<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : tail.poll(atMost)) {
                take(record, fresh);
            }
        } catch (WakeupException e) {
            return fresh;
        }
        return fresh;
    }

    /**
     * Waits for an event, looking at those read before as well.
     *
     * @throws KafkaClientException when none comes in that time
     */
    public Event await(Predicate<Event> wanted, Duration atMost) {
        long giveUpAt = System.nanoTime() + atMost.toNanos();
        while (true) {
            for (Event event : history.values()) {
                if (wanted.test(event)) {
                    return event;
                }
            }
            if (System.nanoTime() > giveUpAt) {
                throw new KafkaClientException(
                        "no answer on events of " + stream + " in " + atMost.toSeconds() + " s");
            }
            next(Duration.ofMillis(100));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, List<Event> fresh) {
        Event event;
        try {
            event = RecordCodec.of(Event.class).decode(record.value());
        } catch (UndecodableException e) {
            LOG.warn("passed over event at offset {}: {}", record.offset(), e.getMessage());
            return;
        }
        if (!stream.equals(event.getStream())) {
            return;
        }
        if (!history.isEmpty() && event.getSequence() <= history.lastKey()) {
            if (event.getAttempt() <= history.lastEntry().getValue().getAttempt()) {
                return;
            }
            history.tailMap(event.getSequence(), true).clear();
        }
        history.put(event.getSequence(), event);
        fresh.add(event);
    }

    /** Ends a running {@link #next} from another thread. */
    public void wakeup() {
        tail.wakeup();
    }

    @Override
    public void close() {
        tail.close();
    }
}
