package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.SignedTransaction;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * An account's business with the chain. It asks for looks at the chain and decides on what they
 * show; what it signs goes to the outbox, and to a node only after it was read back from there.
 * Tickets are described at {@link Redemptions}, transactions at {@link Sending}, orders at {@link
 * Orders}.
 */
public final class Settlement {
    private final SettlementBook book;
    private final Outbox outbox;
    private final Sending sending;
    private final Redemptions redemptions;
    private final Orders orders;
    private @Nullable Standing last;

    /**
     * @param attempt start of this writer, ms since the epoch
     */
    public Settlement(
            SettlementOptions options,
            SettlementBook book,
            SettlementChain chain,
            TransactionSigner signer,
            RecipientRands rands,
            long attempt) {
        this.book = book;
        outbox = new Outbox(book, signer.account(), attempt);
        SettlementLog log = new SettlementLog(book, signer.account().lower());
        sending = new Sending(options, book, signer, outbox, log);
        redemptions = new Redemptions(options, book, rands, chain, sending, log);
        orders = new Orders(options, book, chain, sending, redemptions, log);
    }

    /** Takes the outbox over, if that is due. */
    public void begin(long nowMs) {
        outbox.begin(nowMs);
    }

    /** Whether another writer has the outbox: then this one does nothing for a while. */
    public boolean isLost() {
        return outbox.isLost();
    }

    /** Whether looks are of use: the outbox was read to where this writer took it over. */
    public boolean isReady() {
        return outbox.isOwned();
    }

    /** A ticket that pays. */
    public void win(WinningTicket ticket, long nowMs) {
        redemptions.take(ticket, nowMs);
    }

    /**
     * An operator's order.
     *
     * @param appendedAtMs when it was given, by the broker's clock
     */
    public void order(SettlementOrder order, long appendedAtMs, long nowMs) {
        orders.take(order, appendedAtMs, nowMs);
    }

    /** The next entry of the outbox. */
    public void readBack(OutboxEntry entry, long nowMs) {
        switch (outbox.read(entry, nowMs)) {
            case SIGNED -> {
                SignedTransaction transaction = entry.getTransaction();
                if (transaction != null) {
                    sending.readBack(transaction);
                    redemptions.sent(transaction, nowMs);
                    orders.sent(transaction, nowMs);
                }
            }
            case TAKEN_OVER -> {
                sending.forgetUnread();
                redemptions.forgetUnsent(nowMs);
                orders.forgetUnsent(nowMs);
            }
            case LOST, PASSED -> {}
        }
    }

    /** What is wanted of the chain now. */
    public Wanted wanted(long nowMs) {
        Standing standing = last;
        return new Wanted(
                book.outbox().getChainId(),
                standing == null ? List.of() : redemptions.wanted(standing, nowMs),
                standing == null ? List.of() : orders.wanted(nowMs),
                sending.watched(),
                sending.offers(nowMs));
    }

    /**
     * Decides on what was seen.
     *
     * @param wanted what the look was for
     * @throws IOException when the account's key cannot be used now: what was not signed is decided
     *     on again
     */
    public void seen(Look look, Wanted wanted, long nowMs) throws IOException {
        Standing standing = look.standing();
        remember(standing.chainId());
        last = standing;
        sending.seen(look, wanted, nowMs, new Ends(nowMs));
        orders.due(standing, nowMs);
        orders.prepared(look, nowMs);
        redemptions.tried(look, nowMs);
    }

    private void remember(long chainId) {
        OutboxState state = book.outbox();
        if (state.getChainId() == 0) {
            state.setChainId(chainId);
            book.put(state);
        }
    }

    /** Tells both of them what became of a number. */
    private final class Ends implements Sending.Endings {
        private final long nowMs;

        Ends(long nowMs) {
            this.nowMs = nowMs;
        }

        @Override
        public void confirmed(PendingTransaction transaction, Mined mined) {
            redemptions.confirmed(transaction, mined, nowMs);
            orders.confirmed(transaction, mined, nowMs);
        }

        @Override
        public void mined(PendingTransaction transaction, Mined mined) {
            redemptions.mined(transaction, mined, nowMs);
            orders.mined(transaction, nowMs);
        }

        @Override
        public void dropped(PendingTransaction transaction) {
            redemptions.dropped(transaction, nowMs);
            orders.dropped(transaction, nowMs);
        }

        @Override
        public void replaced(PendingTransaction transaction) {
            redemptions.replaced(transaction, nowMs);
            orders.replaced(transaction, nowMs);
        }
    }
}
