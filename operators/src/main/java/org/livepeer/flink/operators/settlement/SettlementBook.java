package org.livepeer.flink.operators.settlement;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OrderState;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.Redemption;

/** What settlement remembers of an account, and what it says. What is read is a copy. */
public interface SettlementBook {
    OutboxState outbox();

    void put(OutboxState state);

    /** Tickets that have not ended, in no order. */
    List<Redemption> openTickets();

    /**
     * A ticket, ended or not.
     *
     * @param hash 0x and 64 digits
     */
    @Nullable Redemption ticket(String hash);

    void put(Redemption ticket);

    /** Numbers in use, lowest first. */
    List<PendingTransaction> transactions();

    void put(PendingTransaction transaction);

    void remove(PendingTransaction transaction);

    /** Orders that have not ended, oldest first. */
    List<OrderState> openOrders();

    /** An order, ended or not. */
    @Nullable OrderState order(String id);

    void put(OrderState order);

    /** Into the outbox. */
    void write(OutboxEntry entry);

    void tell(Event event);
}
