package org.livepeer.flink.operators.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.SetCreditLimit;

/** What an operator's command does to an account. */
final class Commands {
    private Commands() {}

    /** Applies an operator's command, once by its id. */
    static void apply(AccountBook book, ControlCommand command, long appendedAtMs) {
        AccountState account = book.account();
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("command", command.getId());
        String type;
        String reason = "";
        if (!book.firstTime(command.getId(), appendedAtMs)) {
            type = "CommandRepeated";
            reason = "applied before: nothing changed";
        } else if (command.getCommand() instanceof GrantCredit grant) {
            Fraction amount = Fraction.of(grant.getAmount());
            numbers.put("amount", amount.toString());
            if (amount.signum() <= 0) {
                type = "CommandRefused";
                reason = "a grant must be above 0 wei";
            } else {
                account.setGranted(Fraction.of(account.getGranted()).plus(amount).toRational());
                account.setBalance(Fraction.of(account.getBalance()).plus(amount).toRational());
                account.setLastCreditAtMs(appendedAtMs);
                type = "CreditGranted";
            }
        } else if (command.getCommand() instanceof SetCreditLimit setLimit) {
            Fraction limit = Fraction.of(setLimit.getLimit());
            numbers.put("creditLimit", limit.toString());
            if (limit.signum() < 0) {
                type = "CommandRefused";
                reason = "a credit limit must be 0 wei or more";
            } else {
                account.setCreditLimit(limit.toRational());
                type = "CreditLimitSet";
            }
        } else {
            numbers.put("effectiveFromMs", Long.toString(EffectiveFrom.of(command, appendedAtMs)));
            type = "CommandTaken";
            reason = command.getCommand().getClass().getSimpleName();
        }
        numbers.put("balance", Fraction.of(account.getBalance()).toString());
        book.emit(LedgerEvents.next(account, appendedAtMs, type, reason, numbers).build());
        book.save(account);
    }
}
