package org.livepeer.flink.operators.admit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ledger.EffectiveFrom;
import org.livepeer.flink.schemas.BindSender;
import org.livepeer.flink.schemas.BindingEntry;
import org.livepeer.flink.schemas.BindingHistory;
import org.livepeer.flink.schemas.ControlCommand;

/** Which sender a manifest is bound to, over time. */
final class Bindings {
    private static final int KEPT = 64;

    private Bindings() {}

    /** The history after a command that was appended at an instant. */
    static BindingHistory after(
            @Nullable BindingHistory history,
            ControlCommand command,
            BindSender bind,
            long appendedAtMs) {
        List<BindingEntry> entries =
                new ArrayList<>(history == null ? List.of() : history.getEntries());
        String sender = bind.getSender();
        entries.add(
                new BindingEntry(
                        bind.getManifestId(), EffectiveFrom.of(command, appendedAtMs), sender));
        int from = Math.max(0, entries.size() - KEPT);
        return new BindingHistory(new ArrayList<>(entries.subList(from, entries.size())));
    }

    /** The sender bound at an instant; of several entries the last that had begun counts. */
    static @Nullable String senderAt(@Nullable BindingHistory history, long atMs) {
        String sender = null;
        if (history != null) {
            for (BindingEntry entry : history.getEntries()) {
                if (entry.getEffectiveFromMs() <= atMs) {
                    sender = entry.getSender();
                }
            }
        }
        return sender;
    }
}
