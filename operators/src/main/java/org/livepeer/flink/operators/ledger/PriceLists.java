package org.livepeer.flink.operators.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.PriceEntry;
import org.livepeer.flink.schemas.PriceHistory;
import org.livepeer.flink.schemas.SetPrice;

/** Prices over time, by scope: an account, or "" for everybody. */
final class PriceLists {
    private static final int KEPT = 64;

    private PriceLists() {}

    /** The history after a command that was appended at an instant. */
    static PriceHistory after(
            @Nullable PriceHistory history,
            ControlCommand command,
            SetPrice price,
            long appendedAtMs) {
        List<PriceEntry> entries =
                new ArrayList<>(history == null ? List.of() : history.getEntries());
        entries.add(
                new PriceEntry(
                        price.getScope(),
                        EffectiveFrom.of(command, appendedAtMs),
                        price.getPrice(),
                        command.getId()));
        int from = Math.max(0, entries.size() - KEPT);
        return new PriceHistory(new ArrayList<>(entries.subList(from, entries.size())));
    }

    /** The price at an instant; of several entries the last that had begun counts. */
    static @Nullable PriceQuote at(@Nullable PriceHistory history, long atMs) {
        PriceQuote quote = null;
        if (history != null) {
            for (PriceEntry entry : history.getEntries()) {
                if (entry.getEffectiveFromMs() <= atMs) {
                    quote = new PriceQuote(Fraction.of(entry.getPrice()), entry.getCommandId());
                }
            }
        }
        return quote;
    }
}
