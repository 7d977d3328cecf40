package org.livepeer.flink.operators.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;

/** What an operator's command does to an account. */
final class Commands {
    private Commands() {}

    /** Applies an operator's command, once by its id. */
    static void apply(AccountBook book, ControlCommand command, long appendedAtMs) {
        AccountState account = book.account();
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("command", command.getId());
        Credit credit = Credit.of(command);
        String type;
        String reason = "";
        if (!book.firstTime(command.getId(), appendedAtMs)) {
            type = "CommandRepeated";
            reason = "applied before: nothing changed";
        } else if (credit == null) {
            numbers.put("effectiveFromMs", Long.toString(EffectiveFrom.of(command, appendedAtMs)));
            type = "CommandTaken";
            reason = command.getCommand().getClass().getSimpleName();
        } else {
            numbers.putAll(credit.numbers());
            reason = credit.problem();
            type = reason.isEmpty() ? credit.event() : "CommandRefused";
            if (reason.isEmpty()) {
                credit.book(account, appendedAtMs);
            }
        }
        book.emit(LedgerEvents.next(account, appendedAtMs, type, reason, numbers).build());
        book.save(account);
    }
}
