package org.livepeer.flink.operators.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.livepeer.flink.schemas.Event;

/**
 * Folds {@code events} into balances, which must be those of Ledger's state.
 *
 * <p>A job that fell back to a checkpoint decides again: a number that was seen, from a later
 * attempt, cuts the history back to it. A number that was seen from the same attempt is a repeat of
 * the producer, and whatever an earlier attempt still writes does not count.
 *
 * <p>A history whose beginning is past its retention is taken up at its first event, by the sums
 * that every event carries.
 */
public final class LedgerReplay {
    private static final int KEPT = 10_000;

    private final Map<String, History> accounts = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private static final class History {
        private final NavigableMap<Long, Sums> sums = new TreeMap<>();
        private long attempt;
    }

    /** The next event of the topic, in the order of its partition. Streams of cells are skipped. */
    public void accept(Event event) {
        String account = event.getStream();
        if (!Accounts.isAccount(account)) {
            return;
        }
        History history = accounts.computeIfAbsent(account, name -> new History());
        long number = event.getSequence();
        if (!history.sums.isEmpty()) {
            if (event.getAttempt() < history.attempt) {
                return;
            }
            if (number <= history.sums.lastKey()) {
                if (event.getAttempt() == history.attempt) {
                    return;
                }
                history.sums.tailMap(number, true).clear();
            }
        }
        history.attempt = event.getAttempt();
        fold(account, history, number, event);
    }

    private void fold(String account, History history, long number, Event event) {
        try {
            Sums stated = Sums.read(event.getNumbers());
            Sums before = before(account, history, number);
            if (before != null) {
                Sums folded = before.after(event.getType(), event.getNumbers());
                if (!folded.equals(stated)) {
                    problems.add(
                            account + " #" + number + ": folded " + folded + ", said " + stated);
                }
            }
            history.sums.put(number, stated);
            if (history.sums.size() > KEPT) {
                history.sums.pollFirstEntry();
            }
        } catch (IllegalArgumentException e) {
            problems.add(account + " #" + number + ": " + e.getMessage());
        }
    }

    private @org.jspecify.annotations.Nullable Sums before(
            String account, History history, long number) {
        if (number == 1) {
            return Sums.ZERO;
        }
        if (history.sums.isEmpty()) {
            return null;
        }
        Sums before = history.sums.get(number - 1);
        if (before == null) {
            problems.add(
                    account
                            + " #"
                            + number
                            + ": the event before it is missing, the last was #"
                            + history.sums.lastKey());
        }
        return before;
    }

    /** An account's sums right after one of its last events. */
    public Optional<Sums> at(String account, long sequence) {
        if (sequence == 0) {
            return Optional.of(Sums.ZERO);
        }
        History history = accounts.get(account);
        return history == null ? Optional.empty() : Optional.ofNullable(history.sums.get(sequence));
    }

    /** What did not fit: gaps, and events whose amounts do not lead to the sums they state. */
    public List<String> problems() {
        return List.copyOf(problems);
    }
}
