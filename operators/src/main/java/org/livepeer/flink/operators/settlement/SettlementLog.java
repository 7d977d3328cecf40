package org.livepeer.flink.operators.settlement;

import java.util.HashMap;
import java.util.Map;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OutboxState;

/** Writes an account's history. */
final class SettlementLog {
    private final SettlementBook book;
    private final String stream;

    /**
     * @param account 0x and 40 digits in lower case
     */
    SettlementLog(SettlementBook book, String account) {
        this.book = book;
        this.stream = "chain:" + account;
    }

    /** Whether a reason says more than other numbers than the one before it. */
    static boolean isNews(String before, String reason) {
        return !before.replaceAll("\\d+", "").equals(reason.replaceAll("\\d+", ""));
    }

    void tell(long nowMs, String type, String reason, Map<String, String> numbers) {
        OutboxState state = book.outbox();
        state.setEventSequence(state.getEventSequence() + 1);
        book.put(state);
        book.tell(
                Event.newBuilder()
                        .setStream(stream)
                        .setSequence(state.getEventSequence())
                        .setAttempt(0)
                        .setAtMs(nowMs)
                        .setType(type)
                        .setReason(reason)
                        .setNumbers(new HashMap<>(numbers))
                        .build());
    }
}
