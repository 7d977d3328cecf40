package org.livepeer.flink.jobs.cli;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.client.OrderDesk;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.SettlementOrder;

/** Gives orders to the settlement job and says what becomes of them. */
final class SettlementOrders {
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
        Event end =
                new OrderDesk(connection.address(), connection.secret())
                        .give(record, patience, Printing::event);
        if (end == null) {
            throw new IllegalStateException(
                    "order "
                            + id
                            + " stands, but has not ended within "
                            + patience.toSeconds()
                            + " s: it is carried out when the settlement job runs and the chain takes"
                            + " it; livepeer events --follow shows it");
        }
        return end.getType().equals("OrderDone") || end.getType().equals("OrderRepeated") ? 0 : 1;
    }

    /** An account as records name it, or why not. */
    static @Nullable String flaw(String account) {
        return account.matches("0x[0-9a-fA-F]{40}")
                ? null
                : "-ethAcctAddr '" + account + "' is no address: 0x and 40 hex digits";
    }
}
