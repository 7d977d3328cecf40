package org.livepeer.flink.operators.ledger;

import org.livepeer.flink.schemas.ControlCommand;

/**
 * When a price or a binding begins to count: as the operator said, but never earlier than {@value
 * #NOTICE_MS} ms after the command was appended. The notice lets every task read the command before
 * a push that it counts for, so that a replay decides as the first run did.
 */
public final class EffectiveFrom {
    public static final long NOTICE_MS = 5_000;

    private EffectiveFrom() {}

    /** ms since the epoch. */
    public static long of(ControlCommand command, long appendedAtMs) {
        return Math.max(command.getEffectiveFromMs(), appendedAtMs + NOTICE_MS);
    }
}
