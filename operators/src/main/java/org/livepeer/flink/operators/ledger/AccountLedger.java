package org.livepeer.flink.operators.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Funding;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.RequestEntry;
import org.livepeer.flink.schemas.RequestState;
import org.livepeer.flink.schemas.TicketCredit;

/**
 * The money rules of one account.
 *
 * <pre>
 *   push ──► RESERVED ──success receipt──► CHARGED
 *               │  ▲                          ▲
 *               │  └ push again: same answer  │ success receipt, however late
 *               └──failure, or no receipt──► RELEASED ──push again──► (a new purchase) RESERVED
 * </pre>
 *
 * A success receipt charges in every state but CHARGED, also when it is read before its push; a
 * failure receipt releases only RESERVED. Two pushes of one request within the time that its result
 * is kept are one purchase, whichever of them a replay reads first. Every decision is a function of
 * the record and of the book.
 */
public final class AccountLedger {
    private static final long TEN_SECONDS_MS = 10_000;

    private final LedgerOptions options;

    public AccountLedger(LedgerOptions options) {
        this.options = options;
    }

    /** What Ledger decided about a push. */
    public sealed interface Verdict {}

    /** Work may be done. */
    public record Funded(Funding funding) implements Verdict {}

    /** Nothing may be done for it now. */
    public record Refused(Reason reason, String detail) implements Verdict {}

    /** Reserves money for a push, or finds that it is paid for already. */
    public Verdict reserve(AccountBook book, Request request) {
        String key = request.getRequestId();
        RequestEntry known = book.request(key);
        if (known != null) {
            boolean kept =
                    Math.abs(request.getAcceptedAtMs() - known.getPurchasedAtMs())
                            <= options.resultKeptMs();
            if (known.getState() == RequestState.RESERVED) {
                return new Funded(fundingOf(known, false));
            }
            if (known.getState() == RequestState.CHARGED && kept) {
                return new Funded(fundingOf(known, true));
            }
            book.put(archiveKey(known), known);
        }
        PaymentEntry payment = payment(book, request);
        if (payment != null && payment.getUsedAtMs() != 0) {
            return new Refused(
                    Reason.PaymentUsed,
                    "payment "
                            + request.getPaymentId()
                            + " has paid for another purchase: this is its segment once more");
        }
        AccountState account = book.account();
        enterSession(book, account, request);
        Fraction price = Fraction.of(account.getSessionPrice());
        // The gateway's fee estimate adds 2 % (go-livepeer server/broadcast.go), here in pixels.
        long pixels = TicketCredits.withMargin(request.getEstimatedPixels());
        Fraction needed = price.times(pixels);
        Fraction balance = Fraction.of(account.getBalance());
        Fraction limit = Fraction.of(account.getCreditLimit());
        if (payment != null) {
            long pixelsOwed = Ladder.estimatedPixels(request.getProfiles(), TEN_SECONDS_MS);
            limit = TicketCredits.overdraft(options, price, pixelsOwed).max(limit);
        }
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("estimatedPixels", Long.toString(pixels));
        numbers.put("price", price.toString());
        numbers.put("needed", needed.toString());
        numbers.put("balance", balance.toString());
        numbers.put("creditLimit", limit.toString());
        if (needed.signum() > 0 && balance.plus(limit).compareTo(needed) < 0) {
            LedgerEvents.push(
                    book, account, request, "Refused", Reason.InsufficientBalance.name(), numbers);
            book.save(account);
            return new Refused(
                    Reason.InsufficientBalance,
                    "the segment needs "
                            + needed
                            + " wei, account "
                            + account.getAccount()
                            + " has "
                            + balance
                            + " and may owe "
                            + limit
                            + ": ask the operator for credit, then push again");
        }
        account.setBalance(balance.minus(needed).toRational());
        account.setReserved(Fraction.of(account.getReserved()).plus(needed).toRational());
        account.setOutstanding(account.getOutstanding() + 1);
        RequestEntry entry =
                RequestEntry.newBuilder()
                        .setRequestId(key)
                        .setPurchasedAtMs(request.getAcceptedAtMs())
                        .setState(RequestState.RESERVED)
                        .setManifestId(request.getManifestId())
                        .setSeq(request.getSeq())
                        .setReserved(needed.toRational())
                        .setCharged(Fraction.ZERO.toRational())
                        .setPrice(price.toRational())
                        .setSettleByMs(request.getDeadlineAtMs() + options.settleGraceMs())
                        .build();
        if (payment != null) {
            payment.setUsedAtMs(request.getAcceptedAtMs());
            book.put(request.getPaymentId(), payment);
        }
        LedgerEvents.push(book, account, request, "Reserved", "", numbers);
        book.put(key, entry);
        book.save(account);
        return new Funded(fundingOf(entry, false));
    }

    /** The payment that a request names; it was accepted. Null when it names none. */
    private static @Nullable PaymentEntry payment(AccountBook book, Request request) {
        if (request.getPaymentId().isEmpty()) {
            return null;
        }
        PaymentEntry payment = book.payment(request.getPaymentId());
        if (payment == null || !payment.getAccepted()) {
            throw new IllegalStateException(
                    "payment " + request.getPaymentId() + " was not accepted before its segment");
        }
        return payment;
    }

    /** Takes what came by tickets, once by the payment's id: what to say to it. */
    public PaymentEntry receive(AccountBook book, TicketCredit credit, long appendedAtMs) {
        PaymentEntry known = book.payment(credit.getPayment().getPaymentId());
        return known != null ? known : TicketCredits.receive(options, book, credit, appendedAtMs);
    }

    private void enterSession(AccountBook book, AccountState account, Request request) {
        long at = request.getAcceptedAtMs();
        Rational frozen = account.getSessionPrice();
        PriceQuote price = null;
        if (request.getQuotedPrice() != null) {
            Fraction quoted = Fraction.of(request.getQuotedPrice());
            if (frozen == null || !Fraction.of(frozen).equals(quoted)) {
                price = new PriceQuote(quoted, "token");
            }
        } else if (frozen == null || at - account.getLastPushAtMs() > options.sessionTimeoutMs()) {
            PriceQuote quote = book.listPrice(account.getAccount(), at);
            price = quote == null ? new PriceQuote(options.price(), "option") : quote;
        }
        if (price != null) {
            account.setSessionPrice(price.perPixel().toRational());
            account.setSessionStartedAtMs(at);
            Map<String, String> numbers = new LinkedHashMap<>();
            numbers.put("price", price.perPixel().toString());
            numbers.put("source", price.source());
            LedgerEvents.push(book, account, request, "PriceFrozen", "", numbers);
        }
        account.setLastPushAtMs(Math.max(account.getLastPushAtMs(), at));
    }

    /** Settles a request by what became of its work. */
    public void settle(AccountBook book, Receipt receipt, long appendedAtMs) {
        String key = receipt.getRequestId();
        RequestEntry latest = book.request(key);
        if (latest != null && !samePurchase(latest, receipt)) {
            if (latest.getPurchasedAtMs() < receipt.getPurchasedAtMs()) {
                book.put(archiveKey(latest), latest);
                latest = null;
            } else {
                key = key + "@" + receipt.getPurchasedAtMs();
                latest = book.request(key);
            }
        }
        if (receipt.getSuccess()) {
            charge(book, key, latest, receipt, appendedAtMs);
        } else if (latest != null
                && latest.getState() == RequestState.RESERVED
                && latest.getPurchasedAtMs() == receipt.getPurchasedAtMs()) {
            release(book, key, latest, receipt.getReason(), appendedAtMs);
        }
    }

    private boolean samePurchase(RequestEntry entry, Receipt receipt) {
        return Math.abs(entry.getPurchasedAtMs() - receipt.getPurchasedAtMs())
                <= options.resultKeptMs();
    }

    private void charge(
            AccountBook book,
            String key,
            @Nullable RequestEntry known,
            Receipt receipt,
            long appendedAtMs) {
        if (known != null && known.getState() == RequestState.CHARGED) {
            return;
        }
        AccountState account = book.account();
        RequestEntry entry =
                known != null
                        ? known
                        : RequestEntry.newBuilder()
                                .setRequestId(receipt.getRequestId())
                                .setPurchasedAtMs(receipt.getPurchasedAtMs())
                                .setState(RequestState.RELEASED)
                                .setManifestId(receipt.getManifestId())
                                .setSeq(receipt.getSeq())
                                .setReserved(Fraction.ZERO.toRational())
                                .setCharged(Fraction.ZERO.toRational())
                                .setPrice(receipt.getPrice())
                                .setSettleByMs(0)
                                .build();
        String held = Fraction.of(entry.getReserved()).toString();
        giveBackReservation(account, entry);
        Fraction price = Fraction.of(entry.getPrice());
        Fraction fee = price.times(receipt.getPixels());
        account.setBalance(Fraction.of(account.getBalance()).minus(fee).toRational());
        account.setFees(Fraction.of(account.getFees()).plus(fee).toRational());
        account.setChargedSegments(account.getChargedSegments() + 1);
        account.setChargedPixels(account.getChargedPixels() + receipt.getPixels());
        entry.setState(RequestState.CHARGED);
        entry.setCharged(fee.toRational());
        entry.setPixels(receipt.getPixels());
        entry.setWorkerId(receipt.getWorkerId());
        entry.setReason(receipt.getReason());
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("pixels", Long.toString(receipt.getPixels()));
        numbers.put("price", price.toString());
        numbers.put("fee", fee.toString());
        numbers.put("released", held);
        LedgerEvents.settled(book, account, entry, "Charged", "", numbers, appendedAtMs);
        book.put(key, entry);
        book.save(account);
    }

    private void release(
            AccountBook book, String key, RequestEntry entry, String reason, long atMs) {
        AccountState account = book.account();
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("released", Fraction.of(entry.getReserved()).toString());
        giveBackReservation(account, entry);
        entry.setState(RequestState.RELEASED);
        entry.setReason(reason);
        LedgerEvents.settled(book, account, entry, "Released", reason, numbers, atMs);
        book.put(key, entry);
        book.save(account);
    }

    private static void giveBackReservation(AccountState account, RequestEntry entry) {
        if (entry.getState() != RequestState.RESERVED) {
            return;
        }
        Fraction held = Fraction.of(entry.getReserved());
        account.setReserved(Fraction.of(account.getReserved()).minus(held).toRational());
        account.setBalance(Fraction.of(account.getBalance()).plus(held).toRational());
        account.setOutstanding(account.getOutstanding() - 1);
        entry.setReserved(Fraction.ZERO.toRational());
    }

    /** Applies an operator's command, once by its id. */
    public void apply(AccountBook book, ControlCommand command, long appendedAtMs) {
        Commands.apply(book, command, appendedAtMs);
    }

    /** Gives back reservations whose receipt never came. */
    public void releaseOverdue(AccountBook book, long nowMs) {
        List<String> forgotten = new ArrayList<>();
        Fraction held = Fraction.ZERO;
        for (String key : book.reservedKeys()) {
            RequestEntry entry = book.request(key);
            if (entry == null) {
                forgotten.add(key);
            } else if (entry.getState() == RequestState.RESERVED) {
                if (entry.getSettleByMs() <= nowMs) {
                    release(book, key, entry, Reason.ReceiptLost.name(), nowMs);
                } else {
                    held = held.plus(Fraction.of(entry.getReserved()));
                }
            }
        }
        if (!forgotten.isEmpty()) {
            releaseForgotten(book, forgotten, held, nowMs);
        }
    }

    /**
     * Gives back what was reserved before a job stood still for longer than purchases are
     * remembered: all but what the others hold.
     */
    private static void releaseForgotten(
            AccountBook book, List<String> keys, Fraction held, long nowMs) {
        AccountState account = book.account();
        Fraction left = Fraction.of(account.getReserved()).minus(held);
        account.setReserved(held.toRational());
        account.setBalance(Fraction.of(account.getBalance()).plus(left).toRational());
        account.setOutstanding(account.getOutstanding() - keys.size());
        keys.forEach(book::forgetReserved);
        book.emit(
                LedgerEvents.next(
                                account,
                                nowMs,
                                "Released",
                                Reason.ReceiptLost.name(),
                                Map.of("released", left.toString()))
                        .build());
        book.save(account);
    }

    /** Closes what is left on an account that nobody used for the credit's time to live. */
    public void expireCredit(AccountBook book, long nowMs) {
        AccountState account = book.account();
        long lastUse = Math.max(account.getLastPushAtMs(), account.getLastCreditAtMs());
        Fraction left = Fraction.of(account.getBalance());
        if (options.creditTtlMs() == 0
                || nowMs - lastUse < options.creditTtlMs()
                || account.getOutstanding() > 0
                || left.signum() <= 0) {
            return;
        }
        account.setBalance(Fraction.ZERO.toRational());
        account.setExpired(Fraction.of(account.getExpired()).plus(left).toRational());
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("closed", left.toString());
        numbers.put("lastUseMs", Long.toString(lastUse));
        book.emit(LedgerEvents.next(account, nowMs, "CreditExpired", "unused", numbers).build());
        book.save(account);
    }

    private static String archiveKey(RequestEntry entry) {
        return entry.getRequestId() + "@" + entry.getPurchasedAtMs();
    }

    private static Funding fundingOf(RequestEntry entry, boolean settled) {
        return Funding.newBuilder()
                .setPurchasedAtMs(entry.getPurchasedAtMs())
                .setPrice(entry.getPrice())
                .setReserved(entry.getReserved())
                .setSettled(settled)
                .setDoneBy(settled ? entry.getWorkerId() : null)
                .build();
    }
}
