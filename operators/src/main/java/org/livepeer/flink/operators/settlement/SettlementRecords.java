package org.livepeer.flink.operators.settlement;

import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.admit.SignedRecordFunction;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.SettlementInput;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Lets verified records in that concern an account.
 *
 * @param <T> wins, orders or entries of the outbox
 */
public final class SettlementRecords<T extends SpecificRecordBase>
        extends SignedRecordFunction<T, SettlementInput> {
    private static final long serialVersionUID = 1L;

    private final String account;

    private SettlementRecords(Class<T> type, String topic, SecretSource secret, String account) {
        super(type, topic, secret);
        this.account = account;
    }

    /**
     * Tickets that pay; whoever they pay, the account redeems them or says why not.
     *
     * @param account 0x and 40 digits in lower case
     */
    public static SettlementRecords<WinningTicket> wins(SecretSource secret, String account) {
        return new SettlementRecords<>(WinningTicket.class, "winning-tickets", secret, account);
    }

    /** Orders to the account. */
    public static SettlementRecords<SettlementOrder> orders(SecretSource secret, String account) {
        return new SettlementRecords<>(SettlementOrder.class, "orders", secret, account);
    }

    /** The account's outbox. */
    public static SettlementRecords<OutboxEntry> outbox(SecretSource secret, String account) {
        return new SettlementRecords<>(OutboxEntry.class, "transactions", secret, account);
    }

    @Override
    protected void accept(T record, Coordinates origin, Collector<SettlementInput> out) {
        boolean mine =
                !(record instanceof SettlementOrder order)
                        || EthAddress.of(Bytes.of(order.getAccount())).lower().equals(account);
        if (mine) {
            out.collect(new SettlementInput(account, origin.getTimestampMs(), record));
        }
    }
}
