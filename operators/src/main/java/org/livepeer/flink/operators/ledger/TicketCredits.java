package org.livepeer.flink.operators.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.TicketCredit;
import org.livepeer.flink.schemas.TicketPayment;

/**
 * What tickets bring to an account, and whether work may be done on a payment ({@code
 * core/orchestrator.go}, SufficientBalance): what the account has and holds for requests under way
 * must be one expected value of a ticket, and the segment must not take it further below zero than
 * the overdraft. A gateway that pays as go-livepeer's do never gets there: it pays for each segment
 * what it expects the segment to cost.
 */
final class TicketCredits {
    private static final String INSUFFICIENT = "Insufficient balance";

    private TicketCredits() {}

    /** The gateway's fee estimate adds 2 % (go-livepeer server/broadcast.go), here in pixels. */
    static long withMargin(long pixels) {
        return Math.addExact(pixels, (pixels * 2 + 99) / 100);
    }

    /**
     * How far below zero a paying account may go, wei.
     *
     * @param tenSecondPixels of the ladder
     */
    static Fraction overdraft(LedgerOptions options, Fraction price, long tenSecondPixels) {
        Fraction most = options.overdraft();
        return most != null ? most : price.times(withMargin(tenSecondPixels));
    }

    static PaymentEntry receive(
            LedgerOptions options, AccountBook book, TicketCredit credit, long appendedAtMs) {
        TicketPayment payment = credit.getPayment();
        AccountState account = book.account();
        Fraction wei = Fraction.of(credit.getCredit());
        account.setTicketCredit(Fraction.of(account.getTicketCredit()).plus(wei).toRational());
        account.setBalance(Fraction.of(account.getBalance()).plus(wei).toRational());
        account.setLastCreditAtMs(Math.max(account.getLastCreditAtMs(), appendedAtMs));
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("payment", payment.getPaymentId());
        numbers.put("tickets", Integer.toString(credit.getTickets()));
        numbers.put("taken", Integer.toString(credit.getTaken()));
        numbers.put("wins", Integer.toString(credit.getWins()));
        numbers.put("faceValue", credit.getFaceValue());
        numbers.put("credit", wei.toString());
        String refusal = credit.getFault();
        Fraction price = Fraction.of(payment.getPrice());
        if (refusal.isEmpty() && price.signum() > 0) {
            refusal = refusal(options, account, payment, price, numbers);
        }
        book.emit(
                LedgerEvents.next(
                                account,
                                appendedAtMs,
                                refusal.isEmpty() ? "PaymentAccepted" : "PaymentRefused",
                                refusal,
                                numbers)
                        .setManifestId(payment.getManifestId())
                        .build());
        book.save(account);
        PaymentEntry said = new PaymentEntry(refusal.isEmpty(), refusal, 0L);
        book.put(payment.getPaymentId(), said);
        return said;
    }

    private static String refusal(
            LedgerOptions options,
            AccountState account,
            TicketPayment payment,
            Fraction price,
            Map<String, String> numbers) {
        Fraction balance = Fraction.of(account.getBalance());
        Fraction whole = balance.plus(Fraction.of(account.getReserved()));
        Fraction least = Fraction.of(payment.getExpectedValue());
        Fraction needed = price.times(withMargin(payment.getEstimatedPixels()));
        Fraction overdraft = overdraft(options, price, payment.getTenSecondPixels());
        numbers.put("price", price.toString());
        numbers.put("needed", needed.toString());
        numbers.put("least", least.toString());
        numbers.put("overdraft", overdraft.toString());
        boolean enough =
                whole.compareTo(least) >= 0 && balance.minus(needed).plus(overdraft).signum() >= 0;
        return enough ? "" : INSUFFICIENT;
    }
}
