package org.livepeer.flink.operators.settlement;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.SignedTransaction;

/**
 * The account's log of signed transactions, and who may write to it. A writer begins with an entry
 * that takes the log over; until it has read that entry back it does nothing, since an earlier
 * writer's transactions may still come. What another than the newest writer wrote after it counts
 * for nothing, for every reader alike: so a transaction that counts was seen by all who come later,
 * and one that does not was sent by nobody.
 */
final class Outbox {
    private static final long YIELD_MS = 60_000;

    private final SettlementBook book;
    private final EthAddress account;
    private long attempt;
    private boolean begun;
    private boolean owned;
    private long lostAtMs = -1;

    /** What an entry means to this writer. */
    enum Read {
        /** Nothing. */
        PASSED,
        /** The log is this writer's from here on. */
        TAKEN_OVER,
        /** A transaction counts: it may be sent. */
        SIGNED,
        /** A later writer has the log. */
        LOST
    }

    /**
     * @param attempt start of this writer, ms since the epoch
     */
    Outbox(SettlementBook book, EthAddress account, long attempt) {
        this.book = book;
        this.account = account;
        this.attempt = attempt;
    }

    /**
     * Takes the log over, if it was not: at the beginning, and some time after another has done so,
     * which may have ended since then. Two that live take turns, and stay exact.
     */
    void begin(long nowMs) {
        if (lostAtMs >= 0 && nowMs - lostAtMs >= YIELD_MS) {
            lostAtMs = -1;
            begun = false;
            attempt = Math.max(nowMs, book.outbox().getNewestAttempt() + 1);
        }
        if (!begun) {
            begun = true;
            write(null);
        }
    }

    boolean isOwned() {
        return owned;
    }

    boolean isLost() {
        return lostAtMs >= 0;
    }

    void write(@Nullable SignedTransaction transaction) {
        book.write(new OutboxEntry(ByteBuffer.wrap(account.bytes()), attempt, transaction));
    }

    /** Reads the next entry. */
    Read read(OutboxEntry entry, long nowMs) {
        if (!EthAddress.of(Bytes.of(entry.getAccount())).equals(account)) {
            return Read.PASSED;
        }
        OutboxState state = book.outbox();
        SignedTransaction transaction = entry.getTransaction();
        if (transaction == null) {
            return takeOver(entry.getAttempt(), state, nowMs);
        }
        if (entry.getAttempt() != state.getNewestAttempt()) {
            return Read.PASSED;
        }
        if (!adopt(transaction)) {
            return Read.PASSED;
        }
        if (transaction.getNonce() >= state.getNextNonce()) {
            state.setNextNonce(transaction.getNonce() + 1);
            book.put(state);
        }
        return Read.SIGNED;
    }

    private Read takeOver(long writer, OutboxState state, long nowMs) {
        boolean newer = writer > state.getNewestAttempt();
        if (newer) {
            state.setNewestAttempt(writer);
            book.put(state);
        }
        if (writer == attempt && begun && !owned) {
            if (newer) {
                owned = true;
                return Read.TAKEN_OVER;
            }
            // Another began meanwhile, or an earlier one's clock was ahead of this one's.
            attempt = state.getNewestAttempt() + 1;
            write(null);
        } else if (owned && writer > attempt) {
            owned = false;
            lostAtMs = nowMs;
            return Read.LOST;
        }
        return Read.PASSED;
    }

    private boolean adopt(SignedTransaction transaction) {
        PendingTransaction pending = null;
        for (PendingTransaction each : book.transactions()) {
            if (each.getNonce() == transaction.getNonce()) {
                pending = each;
            }
        }
        if (pending == null) {
            pending =
                    PendingTransaction.newBuilder()
                            .setNonce(transaction.getNonce())
                            .setVersions(new ArrayList<>())
                            .build();
        }
        List<SignedTransaction> versions = new ArrayList<>(pending.getVersions());
        if (versions.stream().anyMatch(v -> v.getHash().equals(transaction.getHash()))) {
            return false;
        }
        versions.add(transaction);
        pending.setVersions(versions);
        pending.setFault("");
        pending.setFaultSinceMs(0);
        book.put(pending);
        return true;
    }

    /** 0x and 64 digits. */
    static String hash(ByteBuffer hash) {
        return "0x" + HexFormat.of().formatHex(Bytes.of(hash));
    }
}
