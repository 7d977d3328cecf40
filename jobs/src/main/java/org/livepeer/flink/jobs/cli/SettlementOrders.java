package org.livepeer.flink.jobs.cli;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.SettlementOrder;

/** Gives orders to the settlement job and says what becomes of them. */
final class SettlementOrders {
    private static final List<String> ENDS =
            List.of("OrderDone", "OrderFailed", "OrderMissed", "OrderRepeated");

    private SettlementOrders() {}

    /**
     * Gives one and prints its events until it has ended.
     *
     * @param account 0x and 40 hex digits
     * @param order a ChainOrder or TicketOrder
     * @return the command's exit code
     */
    static int give(
            Connection connection, String account, String id, Object order, Duration patience) {
        SettlementOrder record =
                SettlementOrder.newBuilder()
                        .setId(id)
                        .setAccount(ByteBuffer.wrap(HexFormat.of().parseHex(account.substring(2))))
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setOrder(order)
                        .build();
        try (EventTail events = new EventTail(connection.address(), false);
                ControlProducer orders =
                        new ControlProducer(connection.address(), connection.secret())) {
            orders.send(record);
            long end = System.nanoTime() + patience.toNanos();
            String[] last = {""};
            while (System.nanoTime() < end && !ENDS.contains(last[0])) {
                Event event =
                        events.await(
                                e -> id.equals(e.getNumbers().get("command")),
                                Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                if (event != null) {
                    Printing.event(event);
                    last[0] = event.getType();
                }
            }
            if (!ENDS.contains(last[0])) {
                throw new IllegalStateException(
                        "order "
                                + id
                                + " stands, but has not ended within "
                                + patience.toSeconds()
                                + " s: it is carried out when the settlement job runs and the chain"
                                + " takes it; livepeer events --follow shows it");
            }
            return last[0].equals("OrderDone") || last[0].equals("OrderRepeated") ? 0 : 1;
        }
    }

    /** An account as records name it, or why not. */
    static @Nullable String flaw(String account) {
        return account.matches("0x[0-9a-fA-F]{40}")
                ? null
                : "-ethAcctAddr '" + account + "' is no address: 0x and 40 hex digits";
    }
}
