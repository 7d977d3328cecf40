package org.livepeer.flink.operators.settlement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OrderState;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.Redemption;

/** A book in memory, which can be copied as a checkpoint would. */
final class MemoryBook implements SettlementBook {
    final List<OutboxEntry> written = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    private final TreeMap<String, Redemption> tickets = new TreeMap<>();
    private final TreeMap<Long, PendingTransaction> transactions = new TreeMap<>();
    private final TreeMap<String, OrderState> orders = new TreeMap<>();
    private OutboxState outbox = OutboxState.newBuilder().build();

    MemoryBook copy() {
        MemoryBook copy = new MemoryBook();
        tickets.forEach((hash, ticket) -> copy.tickets.put(hash, copyOf(ticket)));
        transactions.forEach((nonce, each) -> copy.transactions.put(nonce, copyOf(each)));
        orders.forEach((id, order) -> copy.orders.put(id, copyOf(order)));
        copy.outbox = copyOf(outbox);
        return copy;
    }

    private static <T extends SpecificRecordBase> T copyOf(T record) {
        return SpecificData.getForClass(record.getClass()).deepCopy(record.getSchema(), record);
    }

    @Override
    public OutboxState outbox() {
        return copyOf(outbox);
    }

    @Override
    public void put(OutboxState state) {
        outbox = copyOf(state);
    }

    @Override
    public List<Redemption> openTickets() {
        return tickets.values().stream()
                .filter(t -> !Redemptions.hasEnded(t))
                .map(MemoryBook::copyOf)
                .toList();
    }

    List<Redemption> allTickets() {
        return List.copyOf(tickets.values());
    }

    @Override
    public @Nullable Redemption ticket(String hash) {
        Redemption ticket = tickets.get(hash);
        return ticket == null ? null : copyOf(ticket);
    }

    @Override
    public void put(Redemption ticket) {
        tickets.put(new WonTicket(ticket.getTicket()).hash(), copyOf(ticket));
    }

    @Override
    public List<PendingTransaction> transactions() {
        return transactions.values().stream().map(MemoryBook::copyOf).toList();
    }

    @Override
    public void put(PendingTransaction transaction) {
        transactions.put(transaction.getNonce(), copyOf(transaction));
    }

    @Override
    public void remove(PendingTransaction transaction) {
        transactions.remove(transaction.getNonce());
    }

    @Override
    public List<OrderState> openOrders() {
        return orders.values().stream()
                .filter(o -> !Orders.hasEnded(o))
                .map(MemoryBook::copyOf)
                .sorted(Comparator.comparingLong(OrderState::getQueuedAtMs))
                .toList();
    }

    @Override
    public @Nullable OrderState order(String id) {
        OrderState order = orders.get(id);
        return order == null ? null : copyOf(order);
    }

    @Override
    public void put(OrderState order) {
        orders.put(order.getId(), copyOf(order));
    }

    @Override
    public void write(OutboxEntry entry) {
        written.add(copyOf(entry));
    }

    @Override
    public void tell(Event event) {
        events.add(event);
    }

    List<String> types() {
        return events.stream().map(Event::getType).toList();
    }
}
