package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Redeemable;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Tried;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SignedTransaction;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Tickets that pay, from the record to the money.
 *
 * <pre>
 *            ┌───────────────── not redeemed by it, or its number went to another ────────────────┐
 *            ▼                                                                                     │
 *  win ─► QUEUED ─► signed ─► SIGNED ─► read back ─► SENT ─► in a block ─► MINED ─► deep ─► CONFIRMED
 *          │ ▲ │                                      ▲ └─── block dropped ──┘                  ▲
 *          │ └─┘ waits, with a reason                 └───────────────────────                  │
 *          ├─► EXPIRED(reason)   its rounds are over                                            │
 *          ├─► DEAD(reason)      flawed, or an operator gave it up                              │
 *          └─────────────────── somebody else redeemed it ──────────────────────────────────────┘
 * </pre>
 *
 * <p>A contract may burn a ticket and pay less than its face value, even nothing. So funds are
 * looked at before, with all that is under way counted; a ticket that would not be paid in full
 * waits, and only in its last blocks takes what it can get. No text of a contract is looked at:
 * what fails is tried again, at longer and longer intervals, until its rounds are over.
 */
final class Redemptions {
    /** Tickets that are tried in one look. */
    private static final int LOOKED_AT = 100;

    private static final long WAIT_MS = 5_000;
    private static final long LONGEST_WAIT_MS = 120_000;

    /** Of the gas that the first ticket of a transaction takes, what another one takes: 105/205. */
    private static final double NEXT_TICKET = 0.6;

    private static final double MARGIN = 1.2;

    private final SettlementOptions options;
    private final SettlementBook book;
    private final RecipientRands rands;
    private final SettlementChain chain;
    private final Sending sending;
    private final SettlementLog log;

    Redemptions(
            SettlementOptions options,
            SettlementBook book,
            RecipientRands rands,
            SettlementChain chain,
            Sending sending,
            SettlementLog log) {
        this.options = options;
        this.book = book;
        this.rands = rands;
        this.chain = chain;
        this.sending = sending;
        this.log = log;
    }

    /** Takes a ticket in, once. */
    void take(WinningTicket record, long nowMs) {
        WonTicket won = new WonTicket(record);
        if (book.ticket(won.hash()) != null) {
            return;
        }
        Redemption ticket =
                Redemption.newBuilder()
                        .setTicket(record)
                        .setState(ChainWorkState.QUEUED)
                        .setQueuedAtMs(nowMs)
                        .setUpdatedAtMs(nowMs)
                        .build();
        String flaw = won.flaw(options.recipientAddress(), rands);
        if (flaw != null) {
            end(ticket, ChainWorkState.DEAD, flaw, nowMs);
            return;
        }
        for (PendingTransaction each : book.transactions()) {
            if (holds(each, won.hash())) {
                ticket.setState(ChainWorkState.SENT);
                ticket.setNonce(each.getNonce());
            }
        }
        book.put(ticket);
        tell(ticket, "TicketWon", "", nowMs);
    }

    private static boolean holds(PendingTransaction transaction, String hash) {
        return transaction.getVersions().stream()
                .flatMap(version -> version.getTickets().stream())
                .anyMatch(each -> Outbox.hash(each).equals(hash));
    }

    /** Those to be tried in the next look, the most urgent first. */
    List<Redeemable> wanted(Standing standing, long nowMs) {
        List<WonTicket> due = new ArrayList<>();
        for (Redemption each : book.openTickets()) {
            WonTicket won = new WonTicket(each.getTicket());
            boolean waits = each.getState() != ChainWorkState.QUEUED;
            boolean later = nowMs < each.getNotBeforeMs() && !won.isLastChance(standing);
            if (!waits && !later && (won.isDue(standing) || won.isTooLate(standing))) {
                due.add(won);
            }
        }
        due.sort(WonTicket::compareUrgency);
        return due.stream().limit(LOOKED_AT).map(won -> won.redeemable(rands)).toList();
    }

    /** Decides about those that were tried, and sends the ones that can be redeemed. */
    void tried(Look look, long nowMs) throws IOException {
        Standing standing = look.standing();
        Map<String, BigInteger> spent = underWay();
        List<Ready> ready = new ArrayList<>();
        List<Redemption> open = new ArrayList<>(book.openTickets());
        open.sort(
                Comparator.comparing(r -> new WonTicket(r.getTicket()), WonTicket::compareUrgency));
        for (Redemption each : open) {
            WonTicket won = new WonTicket(each.getTicket());
            Tried tried = look.tickets().get(won.hash());
            if (each.getState() != ChainWorkState.QUEUED || tried == null) {
                continue;
            }
            if (tried.used()) {
                redeemedByOthers(each, standing, nowMs);
                continue;
            }
            if (won.isTooLate(standing)) {
                String why = each.getReason().isEmpty() ? "its rounds are over" : each.getReason();
                end(each, ChainWorkState.EXPIRED, why, nowMs);
                continue;
            }
            String obstacle = obstacle(won, tried, standing, spent);
            if (obstacle != null || tried.gas() == null) {
                wait(each, obstacle == null ? tried.fault() : obstacle, nowMs);
                continue;
            }
            spent.merge(won.sender(), won.faceValue(), BigInteger::add);
            ready.add(new Ready(each, tried.gas()));
        }
        send(ready, standing, nowMs);
    }

    /** A ticket that can be redeemed now, and what that takes alone. */
    private record Ready(Redemption ticket, long gas) {}

    /** wei by sender of what is under way and not in a block yet. */
    private Map<String, BigInteger> underWay() {
        Map<String, BigInteger> sums = new HashMap<>();
        for (Redemption each : book.openTickets()) {
            if (isUnderWay(each)) {
                WonTicket won = new WonTicket(each.getTicket());
                sums.merge(won.sender(), won.faceValue(), BigInteger::add);
            }
        }
        return sums;
    }

    private static boolean isUnderWay(Redemption ticket) {
        return ticket.getState() == ChainWorkState.SIGNED
                || ticket.getState() == ChainWorkState.SENT;
    }

    /** Why a ticket must wait; null when it need not. */
    private @Nullable String obstacle(
            WonTicket won, Tried tried, Standing standing, Map<String, BigInteger> spent) {
        if (standing.paused()) {
            return "the contracts are paused";
        }
        if (!standing.roundInitialized()) {
            return "round " + standing.round() + " is not initialized";
        }
        if (tried.gas() == null) {
            return tried.fault().isEmpty() ? "it would fail" : tried.fault();
        }
        BigInteger claimable = tried.claimable() == null ? BigInteger.ZERO : tried.claimable();
        BigInteger funds =
                tried.deposit()
                        .add(claimable)
                        .subtract(spent.getOrDefault(won.sender(), BigInteger.ZERO));
        BigInteger payout = won.faceValue().min(funds);
        BigInteger cost = standing.gasPrice().multiply(BigInteger.valueOf(tried.gas()));
        boolean limited =
                options.maxGasPrice().signum() > 0
                        && standing.gasPrice().compareTo(options.maxGasPrice()) > 0;
        if (limited) {
            return "a unit of gas costs "
                    + standing.gasPrice()
                    + " wei, more than -maxGasPrice "
                    + options.maxGasPrice();
        }
        if (payout.compareTo(won.faceValue()) < 0 && !won.isLastChance(standing)) {
            return "its sender has " + funds.max(BigInteger.ZERO) + " wei for it";
        }
        if (payout.compareTo(cost) <= 0) {
            return "it would pay " + payout.max(BigInteger.ZERO) + " wei and cost " + cost;
        }
        return null;
    }

    private void send(List<Ready> ready, Standing standing, long nowMs) throws IOException {
        OutboxState state = book.outbox();
        int most = state.getBatch() > 0 ? state.getBatch() : options.maxBatch();
        int at = 0;
        while (at < ready.size() && sending.hasRoom()) {
            // One that failed in company goes alone.
            int count = 1;
            while (at + count < ready.size()
                    && count < most
                    && ready.get(at).ticket().getAttempts() == 0
                    && ready.get(at + count).ticket().getAttempts() == 0
                    && gas(ready.subList(at, at + count + 1)) <= standing.blockGas() / 2) {
                count++;
            }
            if (!send(
                    ready.subList(at, at + count),
                    gas(ready.subList(at, at + count)),
                    standing,
                    nowMs)) {
                return;
            }
            at += count;
        }
    }

    /** The first pays what the others find done; each is given what the dearest takes alone. */
    private static long gas(List<Ready> batch) {
        long dearest = batch.stream().mapToLong(Ready::gas).max().orElseThrow();
        return Math.round(MARGIN * (dearest + NEXT_TICKET * dearest * (batch.size() - 1)));
    }

    private boolean send(List<Ready> batch, long gas, Standing standing, long nowMs)
            throws IOException {
        BigInteger need = Fees.now(standing, options.maxGasPrice()).cost(gas);
        if (standing.balance().subtract(sending.committed()).compareTo(need) < 0) {
            for (Ready each : batch) {
                wait(
                        each.ticket(),
                        "the account has "
                                + standing.balance()
                                + " wei for gas, "
                                + need
                                + " are needed: send it ether",
                        nowMs);
            }
            return false;
        }
        List<Redeemable> tickets = new ArrayList<>();
        List<ByteBuffer> hashes = new ArrayList<>();
        for (Ready each : batch) {
            tickets.add(new WonTicket(each.ticket().getTicket()).redeemable(rands));
            hashes.add(each.ticket().getTicket().getTicketHash());
        }
        long nonce =
                sending.send(
                        SignedTransaction.newBuilder().setTickets(hashes),
                        chain.redemption(tickets),
                        gas,
                        standing,
                        nowMs);
        for (Ready each : batch) {
            Redemption ticket = each.ticket();
            ticket.setState(ChainWorkState.SIGNED);
            ticket.setNonce(nonce);
            ticket.setReason("");
            save(ticket, nowMs);
        }
        return true;
    }

    private void wait(Redemption ticket, String reason, long nowMs) {
        boolean news = SettlementLog.isNews(ticket.getReason(), reason);
        long waited =
                Math.max(WAIT_MS, Math.min(LONGEST_WAIT_MS, (nowMs - ticket.getQueuedAtMs()) / 8));
        ticket.setReason(reason);
        ticket.setNotBeforeMs(nowMs + waited);
        save(ticket, nowMs);
        if (news) {
            tell(ticket, "TicketDeferred", reason, nowMs);
        }
    }

    /** Believed when it has stood as long as a transaction of ours would have to. */
    private void redeemedByOthers(Redemption ticket, Standing standing, long nowMs) {
        if (ticket.getBlock() < 0) {
            ticket.setBlock(standing.block());
            ticket.setReason("redeemed before");
            ticket.setNotBeforeMs(nowMs + options.lookEveryMs());
            save(ticket, nowMs);
        } else if (standing.block() - ticket.getBlock() >= options.confirmations()) {
            end(ticket, ChainWorkState.CONFIRMED, "redeemed before", nowMs);
        }
    }

    /** Its transaction came back from the outbox. */
    void sent(SignedTransaction transaction, long nowMs) {
        for (ByteBuffer hash : transaction.getTickets()) {
            Redemption ticket = book.ticket(Outbox.hash(hash));
            if (ticket != null && !hasEnded(ticket)) {
                ticket.setState(ChainWorkState.SENT);
                ticket.setNonce(transaction.getNonce());
                save(ticket, nowMs);
            }
        }
        if (!transaction.getTickets().isEmpty()) {
            Map<String, String> numbers = numbers(transaction);
            numbers.put("tickets", Integer.toString(transaction.getTickets().size()));
            log.tell(nowMs, "RedemptionSent", "", numbers);
        }
    }

    /** What was signed before the outbox was taken over and did not come back was never sent. */
    void forgetUnsent(long nowMs) {
        for (Redemption each : book.openTickets()) {
            if (each.getState() == ChainWorkState.SIGNED) {
                each.setState(ChainWorkState.QUEUED);
                each.setNonce(-1);
                save(each, nowMs);
            }
        }
    }

    void mined(PendingTransaction transaction, Mined mined, long nowMs) {
        forEach(
                transaction,
                ticket -> {
                    ticket.setState(ChainWorkState.MINED);
                    ticket.setBlock(mined.block());
                    ticket.setTransaction(transaction.getMinedHash());
                    BigInteger payout =
                            mined.redeemed().get(new WonTicket(ticket.getTicket()).hash());
                    ticket.setPayout(payout == null ? ByteBuffer.allocate(0) : Bytes.of(payout));
                    save(ticket, nowMs);
                });
    }

    void dropped(PendingTransaction transaction, long nowMs) {
        forEach(
                transaction,
                ticket -> {
                    unmined(ticket, ChainWorkState.SENT);
                    save(ticket, nowMs);
                });
    }

    void confirmed(PendingTransaction transaction, Mined mined, long nowMs) {
        forEach(
                transaction,
                ticket -> {
                    String hash = new WonTicket(ticket.getTicket()).hash();
                    BigInteger payout = mined.redeemed().get(hash);
                    if (payout == null) {
                        again(
                                ticket,
                                mined.fault().isEmpty()
                                        ? "its transaction did not redeem it"
                                        : mined.fault(),
                                nowMs);
                        return;
                    }
                    ticket.setPayout(Bytes.of(payout));
                    end(ticket, ChainWorkState.CONFIRMED, "", nowMs);
                });
        OutboxState state = book.outbox();
        if (mined.succeeded() && state.getBatch() > 0) {
            int more = state.getBatch() * 2;
            state.setBatch(more < options.maxBatch() ? more : 0);
            book.put(state);
        }
    }

    /** Its number went to another transaction. */
    void replaced(PendingTransaction transaction, long nowMs) {
        forEach(
                transaction,
                ticket -> again(ticket, "its number went to another transaction", nowMs));
    }

    private void again(Redemption ticket, String reason, long nowMs) {
        unmined(ticket, ChainWorkState.QUEUED);
        ticket.setNonce(-1);
        ticket.setAttempts(ticket.getAttempts() + 1);
        ticket.setReason(reason);
        ticket.setNotBeforeMs(
                nowMs + Math.min(LONGEST_WAIT_MS, WAIT_MS << Math.min(8, ticket.getAttempts())));
        save(ticket, nowMs);
        tell(ticket, "TicketDeferred", reason, nowMs);
    }

    private static void unmined(Redemption ticket, ChainWorkState state) {
        ticket.setState(state);
        ticket.setBlock(-1);
        ticket.setTransaction(ByteBuffer.allocate(0));
        ticket.setPayout(ByteBuffer.allocate(0));
    }

    private void forEach(PendingTransaction transaction, Consumer<Redemption> action) {
        Map<String, Redemption> tickets = new LinkedHashMap<>();
        for (SignedTransaction version : transaction.getVersions()) {
            for (ByteBuffer hash : version.getTickets()) {
                Redemption ticket = book.ticket(Outbox.hash(hash));
                if (ticket != null
                        && !hasEnded(ticket)
                        && ticket.getNonce() == transaction.getNonce()) {
                    tickets.put(Outbox.hash(hash), ticket);
                }
            }
        }
        tickets.values().forEach(action);
    }

    /**
     * An operator's word about a ticket.
     *
     * @return why not; empty when done
     */
    String order(String hash, String action, long nowMs) {
        Redemption ticket = book.ticket(hash);
        if (ticket == null) {
            return "there is no ticket " + hash;
        }
        boolean given = ticket.getState() == ChainWorkState.DEAD;
        if (action.equals("retry")
                && (ticket.getState() == ChainWorkState.QUEUED || given)
                && new WonTicket(ticket.getTicket()).flaw(options.recipientAddress(), rands)
                        == null) {
            ticket.setState(ChainWorkState.QUEUED);
            ticket.setNotBeforeMs(0);
            ticket.setReason("");
            save(ticket, nowMs);
            return "";
        }
        if (action.equals("skip") && ticket.getState() == ChainWorkState.QUEUED) {
            end(ticket, ChainWorkState.DEAD, "an operator gave it up", nowMs);
            return "";
        }
        return "a ticket that is " + ticket.getState() + " cannot " + action;
    }

    static boolean hasEnded(Redemption ticket) {
        return switch (ticket.getState()) {
            case CONFIRMED, EXPIRED, DEAD -> true;
            case QUEUED, SIGNED, SENT, MINED -> false;
        };
    }

    private void end(Redemption ticket, ChainWorkState state, String reason, long nowMs) {
        ticket.setState(state);
        ticket.setReason(reason);
        save(ticket, nowMs);
        String type =
                switch (state) {
                    case CONFIRMED -> "TicketRedeemed";
                    case EXPIRED -> "TicketExpired";
                    default -> "TicketGivenUp";
                };
        tell(ticket, type, reason, nowMs);
    }

    private void save(Redemption ticket, long nowMs) {
        ticket.setUpdatedAtMs(nowMs);
        book.put(ticket);
    }

    private void tell(Redemption ticket, String type, String reason, long nowMs) {
        WonTicket won = new WonTicket(ticket.getTicket());
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("ticket", won.hash());
        numbers.put("sender", won.sender());
        numbers.put("faceValue", won.faceValue().toString());
        numbers.put("round", Long.toString(ticket.getTicket().getCreationRound()));
        if (ticket.getState() == ChainWorkState.CONFIRMED
                && ticket.getTransaction().hasRemaining()) {
            numbers.put("payout", Bytes.number(ticket.getPayout()).toString());
            numbers.put("transaction", Outbox.hash(ticket.getTransaction()));
            numbers.put("block", Long.toString(ticket.getBlock()));
        }
        log.tell(nowMs, type, reason, numbers);
    }

    private static Map<String, String> numbers(SignedTransaction transaction) {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("nonce", Long.toString(transaction.getNonce()));
        numbers.put("transaction", Outbox.hash(transaction.getHash()));
        numbers.put("gas", Long.toString(transaction.getGas()));
        numbers.put("maxFeePerGas", Bytes.number(transaction.getMaxFeePerGas()).toString());
        return numbers;
    }
}
