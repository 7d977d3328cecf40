package org.livepeer.flink.operators.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.schemas.Event;

class LedgerReplayTest {
    private static final long T0 = 1_000_000;

    private final AccountLedger ledger =
            new AccountLedger(LedgerOptions.defaults().withPrice("1/3"));

    /** One step of a random life: a push, a receipt, a grant. */
    private void step(InMemoryBook book, Random random, int number) {
        String id = "r" + random.nextInt(8);
        long at = T0 + number * 500L;
        switch (random.nextInt(6)) {
            case 0 -> ledger.apply(book, Requests.grant("g" + random.nextInt(6), 9_000_000), at);
            case 1, 2, 3 -> ledger.reserve(book, Requests.request(id, at));
            default ->
                    ledger.settle(
                            book, Requests.receipt(id, at - 200, random.nextInt(3) > 0, 300), at);
        }
    }

    @Test
    void foldsAHistoryThatFellBackToCheckpointsIntoTheStatesBalances() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            InMemoryBook book = new InMemoryBook();
            InMemoryBook checkpoint = book.copy();
            List<Event> topic = new ArrayList<>();
            long attempt = 1;
            for (int number = 0; number < 60; number++) {
                int written = book.events.size();
                book.attempt = attempt;
                step(book, random, number);
                for (Event event : book.events.subList(written, book.events.size())) {
                    topic.add(event);
                    if (random.nextInt(10) == 0) {
                        topic.add(event); // written twice by the producer
                    }
                }
                if (random.nextInt(6) == 0) {
                    checkpoint = book.copy();
                }
                if (random.nextInt(12) == 0) {
                    book = checkpoint.copy();
                    attempt++;
                }
            }

            LedgerReplay replay = new LedgerReplay();
            topic.forEach(replay::accept);

            assertThat(replay.problems()).isEmpty();
            assertThat(replay.at(Requests.ACCOUNT, book.state.getEventSequence()))
                    .contains(Sums.of(book.state));
        }
    }

    @Test
    void seesAMissingEventAndAnAmountThatDoesNotFit() {
        InMemoryBook book = new InMemoryBook();
        ledger.apply(book, Requests.grant("g1", 100), T0);
        ledger.apply(book, Requests.grant("g2", 100), T0);
        ledger.apply(book, Requests.grant("g3", 100), T0);

        LedgerReplay gap = new LedgerReplay();
        gap.accept(book.events.get(0));
        gap.accept(book.events.get(2));
        assertThat(gap.problems()).singleElement().asString().contains("#3", "missing");

        Event wrong = Event.newBuilder(book.events.get(1)).build();
        wrong.setNumbers(new java.util.HashMap<>(wrong.getNumbers()));
        wrong.getNumbers().put("amount", "101");
        LedgerReplay forged = new LedgerReplay();
        forged.accept(book.events.get(0));
        forged.accept(wrong);
        assertThat(forged.problems()).singleElement().asString().contains("#2");
    }

    @Test
    void whatAnEarlierAttemptStillWritesDoesNotCount() {
        InMemoryBook book = new InMemoryBook();
        book.attempt = 1;
        ledger.apply(book, Requests.grant("g1", 100), T0);
        InMemoryBook restored = new InMemoryBook();
        restored.attempt = 2;
        ledger.apply(restored, Requests.grant("g2", 7), T0);
        ledger.apply(book, Requests.grant("g3", 100), T0);

        LedgerReplay replay = new LedgerReplay();
        replay.accept(book.events.get(0));
        replay.accept(restored.events.get(0));
        replay.accept(book.events.get(1));

        assertThat(replay.at(Requests.ACCOUNT, 1)).contains(Sums.of(restored.state));
        assertThat(replay.at(Requests.ACCOUNT, 2)).isEmpty();
    }

    @Test
    void aHistoryWithoutItsBeginningIsTakenUpByTheSumsItCarries() {
        InMemoryBook book = new InMemoryBook();
        for (int i = 0; i < 5; i++) {
            ledger.apply(book, Requests.grant("g" + i, 10), T0);
        }

        LedgerReplay replay = new LedgerReplay();
        book.events.subList(3, 5).forEach(replay::accept);

        assertThat(replay.problems()).isEmpty();
        assertThat(replay.at(Requests.ACCOUNT, 5)).contains(Sums.of(book.state));
    }
}
