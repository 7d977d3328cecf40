package org.livepeer.flink.operators.ledger;

import java.util.HashMap;
import java.util.Map;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.RequestEntry;

/** Writes an account's history: every event has the account's next number. */
final class LedgerEvents {
    private LedgerEvents() {}

    /** A decision about a push. */
    static void push(
            AccountBook book,
            AccountState account,
            Request request,
            String type,
            String reason,
            Map<String, String> numbers) {
        book.emit(
                next(account, request.getAcceptedAtMs(), type, reason, numbers)
                        .setManifestId(request.getManifestId())
                        .setSeq(request.getSeq())
                        .setRequestId(request.getRequestId())
                        .build());
    }

    /** What became of a purchase. */
    static void settled(
            AccountBook book,
            AccountState account,
            RequestEntry entry,
            String type,
            String reason,
            Map<String, String> numbers,
            long atMs) {
        book.emit(
                next(account, atMs, type, reason, numbers)
                        .setManifestId(entry.getManifestId())
                        .setSeq(entry.getSeq())
                        .setRequestId(entry.getRequestId())
                        .setWorkerId(entry.getWorkerId())
                        .build());
    }

    /**
     * The next event of the account, with its sums after it: who folds the amounts of all events
     * finds the same.
     */
    static Event.Builder next(
            AccountState account,
            long atMs,
            String type,
            String reason,
            Map<String, String> numbers) {
        account.setEventSequence(account.getEventSequence() + 1);
        account.setUpdatedAtMs(atMs);
        Map<String, String> all = new HashMap<>(numbers);
        Sums.of(account).tell(all);
        return Event.newBuilder()
                .setStream(account.getAccount())
                .setSequence(account.getEventSequence())
                .setAttempt(0)
                .setAtMs(atMs)
                .setType(type)
                .setReason(reason)
                .setNumbers(all);
    }
}
