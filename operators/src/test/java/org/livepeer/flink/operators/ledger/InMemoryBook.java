package org.livepeer.flink.operators.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.RequestEntry;
import org.livepeer.flink.schemas.RequestState;

/** A book in maps. */
final class InMemoryBook implements AccountBook {
    AccountState state = Accounts.empty(Requests.ACCOUNT);
    long attempt;
    final Map<String, RequestEntry> requests = new HashMap<>();
    final Set<String> reserved = new HashSet<>();
    final Map<String, PaymentEntry> payments = new HashMap<>();
    final Set<String> commands = new HashSet<>();
    final List<Event> events = new ArrayList<>();
    @Nullable PriceQuote price;

    List<String> types() {
        return events.stream().map(Event::getType).toList();
    }

    @Override
    public AccountState account() {
        return state;
    }

    @Override
    public void save(AccountState account) {
        state = account;
    }

    @Override
    public @Nullable RequestEntry request(String key) {
        return requests.get(key);
    }

    @Override
    public void put(String key, RequestEntry entry) {
        requests.put(key, entry);
        if (entry.getState() == RequestState.RESERVED) {
            reserved.add(key);
        } else {
            reserved.remove(key);
        }
    }

    @Override
    public @Nullable PaymentEntry payment(String paymentId) {
        return payments.get(paymentId);
    }

    @Override
    public void put(String paymentId, PaymentEntry entry) {
        payments.put(paymentId, entry);
    }

    @Override
    public List<String> reservedKeys() {
        return List.copyOf(reserved);
    }

    @Override
    public void forgetReserved(String key) {
        reserved.remove(key);
    }

    @Override
    public boolean firstTime(String commandId, long appendedAtMs) {
        return commands.add(commandId);
    }

    @Override
    public @Nullable PriceQuote listPrice(String account, long atMs) {
        return price;
    }

    @Override
    public void emit(Event event) {
        event.setAttempt(attempt);
        events.add(event);
    }

    /** What a checkpoint holds: the book without its events. */
    InMemoryBook copy() {
        InMemoryBook copy = new InMemoryBook();
        copy.state = AccountState.newBuilder(state).build();
        requests.forEach(
                (key, entry) -> copy.requests.put(key, RequestEntry.newBuilder(entry).build()));
        payments.forEach(
                (id, entry) -> copy.payments.put(id, PaymentEntry.newBuilder(entry).build()));
        copy.reserved.addAll(reserved);
        copy.commands.addAll(commands);
        return copy;
    }
}
