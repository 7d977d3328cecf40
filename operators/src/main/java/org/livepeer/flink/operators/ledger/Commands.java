package org.livepeer.flink.operators.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.SetPrice;

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
        } else if (command.getCommand() instanceof SetPrice price) {
            type = "PriceChanged";
            reason = tellPrice(book, account.getAccount(), command, price, appendedAtMs, numbers);
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

    /** The new price, the old one, and why: as the command's id says it, where it does. */
    private static String tellPrice(
            AccountBook book,
            String account,
            ControlCommand command,
            SetPrice price,
            long appendedAtMs,
            Map<String, String> numbers) {
        PriceQuote before = book.listPrice(account, appendedAtMs);
        numbers.put("scope", price.getScope().isEmpty() ? "everybody" : price.getScope());
        numbers.put("price", Fraction.of(price.getPrice()).toString());
        numbers.put("was", before == null ? "option" : before.perPixel().toString());
        numbers.put("effectiveFromMs", Long.toString(EffectiveFrom.of(command, appendedAtMs)));
        PriceOrigin origin = PriceOrigin.of(command.getId()).orElse(null);
        if (origin == null) {
            return "ordered";
        }
        origin.tell(numbers);
        return origin.why() == PriceOrigin.Why.RATE ? "the rate moved" : "ordered";
    }
}
