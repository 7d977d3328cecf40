package org.livepeer.flink.operators.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.RequestEntry;

/** What {@link AccountLedger} remembers about one account, and where it tells what it did. */
public interface AccountBook {
    /** The account; a new one when nothing is known of it. Changes count after {@link #save}. */
    AccountState account();

    void save(AccountState account);

    /** A purchase by its key, or null. */
    @Nullable RequestEntry request(String key);

    void put(String key, RequestEntry entry);

    /** What was said to a payment, or null when it is not known. */
    @Nullable PaymentEntry payment(String paymentId);

    void put(String paymentId, PaymentEntry entry);

    /** Keys of the purchases that are RESERVED, and until when they wait for their receipt. */
    List<String> reservedKeys();

    /** A purchase that is RESERVED by its key and of which nothing else is known any more. */
    void forgetReserved(String key);

    /** Whether a command was applied before; remembers it. */
    boolean firstTime(String commandId, long appendedAtMs);

    /** The wei per pixel that the price lists say for the account at an instant, or null. */
    @Nullable PriceQuote listPrice(String account, long atMs);

    void emit(Event event);
}
