package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.SettlementOrder;

/** Gives orders to the settlement job and hears what becomes of them. */
public final class OrderDesk {
    private static final Set<String> ENDS =
            Set.of("OrderDone", "OrderFailed", "OrderMissed", "OrderRepeated");

    private final KafkaAddress address;
    private final ClusterSecret secret;

    public OrderDesk(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
    }

    /**
     * Gives one and waits for its end.
     *
     * @param heard is told each of its events, the last one too
     * @return its last event; null when it has not ended in time, and still may
     * @throws IllegalStateException when Kafka does not take it
     */
    public @Nullable Event give(SettlementOrder order, Duration patience, Consumer<Event> heard) {
        try (EventTail events = new EventTail(address, false);
                ControlProducer orders = new ControlProducer(address, secret)) {
            orders.send(order);
            long end = System.nanoTime() + patience.toNanos();
            while (System.nanoTime() < end) {
                Event event =
                        events.await(
                                each -> order.getId().equals(each.getNumbers().get("command")),
                                Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                if (event != null) {
                    heard.accept(event);
                    if (ENDS.contains(event.getType())) {
                        return event;
                    }
                }
            }
            return null;
        }
    }
}
