package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.settlement.SettlementChain.Call;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Mined;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.settlement.SettlementChain.Step;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.OrderState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.SignedTransaction;
import org.livepeer.flink.schemas.TicketOrder;

/**
 * Orders to the chain, each carried out once: operators', and the rounds and rewards that are due.
 * An order has one or more steps; the next one is prepared when the one before is confirmed. What
 * fails ends an operator's order with the contract's reason, and is tried again when it is the
 * node's own until its round is over.
 */
final class Orders {
    private static final String INITIALIZE = "initializeRound";
    private static final String REWARD = "reward";
    private static final long AGAIN_MS = 5_000;

    /**
     * Who has lost all state must not do again what was done long ago, nor does anybody expect what
     * could not be done for so long.
     */
    private static final long OLDEST_MS = 24 * 3_600_000L;

    /** Looks that are waited for at most: nodes that initialize rounds do not all do it at once. */
    private static final int STAGGER = 60;

    private final SettlementOptions options;
    private final SettlementBook book;
    private final SettlementChain chain;
    private final Sending sending;
    private final Redemptions redemptions;
    private final SettlementLog log;

    Orders(
            SettlementOptions options,
            SettlementBook book,
            SettlementChain chain,
            Sending sending,
            Redemptions redemptions,
            SettlementLog log) {
        this.options = options;
        this.book = book;
        this.chain = chain;
        this.sending = sending;
        this.redemptions = redemptions;
        this.log = log;
    }

    /**
     * Takes an operator's order, once.
     *
     * @param appendedAtMs when it was given, by the broker's clock
     */
    void take(SettlementOrder given, long appendedAtMs, long nowMs) {
        OrderState known = book.order(given.getId());
        if (known != null
                && known.getOrder().getAction().isEmpty()
                && given.getOrder() instanceof ChainOrder order) {
            known.setOrder(order);
            save(known, nowMs);
            return;
        }
        if (known != null) {
            log.tell(
                    nowMs,
                    "OrderRepeated",
                    "taken before: nothing changed",
                    Map.of("command", given.getId()));
            return;
        }
        if (given.getOrder() instanceof TicketOrder order) {
            String hash = "0x" + HexFormat.of().formatHex(Bytes.of(order.getTicketHash()));
            String refusal = redemptions.order(hash, order.getAction(), nowMs);
            ChainOrder kept = new ChainOrder(order.getAction(), Map.of("ticket", hash));
            OrderState state = queued(given.getId(), kept, 0, nowMs);
            end(
                    state,
                    refusal.isEmpty() ? ChainWorkState.CONFIRMED : ChainWorkState.DEAD,
                    refusal,
                    nowMs);
            return;
        }
        ChainOrder order = (ChainOrder) given.getOrder();
        OrderState state = queued(given.getId(), order, 0, nowMs);
        String refusal =
                nowMs - Math.min(appendedAtMs, given.getIssuedAtMs()) > OLDEST_MS
                        ? "it was given more than a day ago: give it again"
                        : chain.refusal(order.getAction(), order.getArguments()).orElse("");
        if (!refusal.isEmpty()) {
            end(state, ChainWorkState.DEAD, refusal, nowMs);
            return;
        }
        save(state, nowMs);
        tell(state, "OrderTaken", "", nowMs);
    }

    private static OrderState queued(String id, ChainOrder order, long untilRound, long nowMs) {
        return OrderState.newBuilder()
                .setId(id)
                .setOrder(order)
                .setState(ChainWorkState.QUEUED)
                .setUntilRound(untilRound)
                .setTransactions(new ArrayList<>())
                .setQueuedAtMs(nowMs)
                .setUpdatedAtMs(nowMs)
                .build();
    }

    /** Orders of its own: what is due in this round. */
    void due(Standing standing, long nowMs) {
        long round = standing.round();
        if (options.initializeRound() && !standing.roundInitialized() && !standing.paused()) {
            int looks =
                    Math.floorMod((round + ":" + options.recipientAddress()).hashCode(), STAGGER);
            own(INITIALIZE, round, nowMs, looks * options.lookEveryMs());
        }
        boolean rewards =
                standing.roundInitialized()
                        && standing.isActive()
                        && standing.lastRewardRound() < round;
        if (options.reward() && rewards && !standing.paused()) {
            own(REWARD, round, nowMs, 0);
        }
    }

    private void own(String action, long round, long nowMs, long delayMs) {
        String id = action + "-" + round;
        if (book.order(id) == null) {
            OrderState state = queued(id, new ChainOrder(action, Map.of()), round + 1, nowMs);
            state.setNotBeforeMs(nowMs + delayMs);
            save(state, nowMs);
            tell(state, "OrderTaken", "", nowMs);
        }
    }

    /** Steps to be prepared in the next look. */
    List<Step> wanted(long nowMs) {
        List<Step> steps = new ArrayList<>();
        for (OrderState each : book.openOrders()) {
            if (each.getState() == ChainWorkState.QUEUED && nowMs >= each.getNotBeforeMs()) {
                steps.add(
                        new Step(
                                each.getId(),
                                each.getOrder().getAction(),
                                each.getOrder().getArguments(),
                                each.getStep()));
            }
        }
        return steps;
    }

    /** Sends the steps that were prepared. */
    void prepared(Look look, long nowMs) throws IOException {
        Standing standing = look.standing();
        for (OrderState each : book.openOrders()) {
            if (each.getState() != ChainWorkState.QUEUED) {
                continue;
            }
            if (each.getUntilRound() == 0 && nowMs - each.getQueuedAtMs() > OLDEST_MS) {
                end(each, ChainWorkState.EXPIRED, each.getReason(), nowMs);
                continue;
            }
            if (isOver(each, standing)) {
                String why = each.getReason().isEmpty() ? "its round is over" : each.getReason();
                end(each, ChainWorkState.EXPIRED, why, nowMs);
                continue;
            }
            if (isDone(each, standing)) {
                end(each, ChainWorkState.CONFIRMED, "somebody else has done it", nowMs);
                continue;
            }
            Prepared prepared = look.steps().get(each.getId());
            if (prepared != null) {
                next(each, prepared, standing, nowMs);
            }
        }
    }

    private static boolean isOver(OrderState order, Standing standing) {
        return order.getUntilRound() > 0 && standing.round() >= order.getUntilRound();
    }

    private static boolean isDone(OrderState order, Standing standing) {
        if (order.getUntilRound() == 0) {
            return false;
        }
        return order.getOrder().getAction().equals(INITIALIZE)
                ? standing.roundInitialized()
                : standing.lastRewardRound() >= standing.round();
    }

    private void next(OrderState order, Prepared prepared, Standing standing, long nowMs)
            throws IOException {
        Call call = prepared.call();
        Long gas = prepared.gas();
        if (call == null && prepared.fault().isEmpty()) {
            end(order, ChainWorkState.CONFIRMED, "", nowMs);
            return;
        }
        String obstacle =
                call == null || gas == null ? prepared.fault() : obstacle(call, gas, standing);
        if (obstacle == null && call != null && gas != null) {
            long nonce =
                    sending.send(
                            SignedTransaction.newBuilder()
                                    .setOrder(order.getId())
                                    .setStep(order.getStep()),
                            call,
                            gas,
                            standing,
                            nowMs);
            order.setState(ChainWorkState.SIGNED);
            order.setNonce(nonce);
            order.setReason("");
            save(order, nowMs);
            return;
        }
        String reason = obstacle == null || obstacle.isEmpty() ? "it would fail" : obstacle;
        if (prepared.isFinal() && order.getUntilRound() == 0) {
            end(order, ChainWorkState.DEAD, reason, nowMs);
        } else {
            wait(order, reason, nowMs);
        }
    }

    private @Nullable String obstacle(Call call, long gas, Standing standing) {
        if (!sending.hasRoom()) {
            return "too many transactions are under way";
        }
        boolean limited =
                options.maxGasPrice().signum() > 0
                        && standing.gasPrice().compareTo(options.maxGasPrice()) > 0;
        if (limited) {
            return "a unit of gas costs more than -maxGasPrice " + options.maxGasPrice();
        }
        BigInteger need = Fees.now(standing, options.maxGasPrice()).cost(gas).add(call.wei());
        return standing.balance().subtract(sending.committed()).compareTo(need) < 0
                ? "the account has "
                        + standing.balance()
                        + " wei, "
                        + need
                        + " are needed: send it ether"
                : null;
    }

    private void wait(OrderState order, String reason, long nowMs) {
        boolean news = SettlementLog.isNews(order.getReason(), reason);
        order.setReason(reason);
        order.setNotBeforeMs(nowMs + AGAIN_MS);
        save(order, nowMs);
        if (news) {
            tell(order, "OrderDeferred", reason, nowMs);
        }
    }

    void forgetUnsent(long nowMs) {
        for (OrderState each : book.openOrders()) {
            if (each.getState() == ChainWorkState.SIGNED) {
                each.setState(ChainWorkState.QUEUED);
                each.setNonce(-1);
                save(each, nowMs);
            }
        }
    }

    /** Its transaction came back from the outbox. */
    void sent(SignedTransaction transaction, long nowMs) {
        if (transaction.getOrder().isEmpty()) {
            return;
        }
        OrderState order = book.order(transaction.getOrder());
        if (order == null) {
            // Its record comes later, or never: then this step was its last.
            order = queued(transaction.getOrder(), new ChainOrder("", Map.of()), 0, nowMs);
        }
        if (hasEnded(order)) {
            return;
        }
        List<ByteBuffer> all = new ArrayList<>(order.getTransactions());
        all.add(transaction.getHash());
        order.setTransactions(all);
        order.setState(ChainWorkState.SENT);
        order.setStep(transaction.getStep());
        order.setNonce(transaction.getNonce());
        save(order, nowMs);
        tell(order, "OrderSent", "", nowMs);
    }

    void mined(PendingTransaction transaction, long nowMs) {
        set(transaction, ChainWorkState.MINED, nowMs);
    }

    void dropped(PendingTransaction transaction, long nowMs) {
        set(transaction, ChainWorkState.SENT, nowMs);
    }

    private void set(PendingTransaction transaction, ChainWorkState state, long nowMs) {
        OrderState order = of(transaction);
        if (order != null) {
            order.setState(state);
            save(order, nowMs);
        }
    }

    void confirmed(PendingTransaction transaction, Mined mined, long nowMs) {
        OrderState order = of(transaction);
        if (order == null) {
            return;
        }
        boolean carriesIt =
                transaction.getVersions().stream()
                        .anyMatch(
                                v ->
                                        v.getHash().equals(transaction.getMinedHash())
                                                && v.getOrder().equals(order.getId()));
        order.setNonce(-1);
        if (mined.succeeded() && carriesIt && order.getOrder().getAction().isEmpty()) {
            end(order, ChainWorkState.CONFIRMED, "its other steps are not known any more", nowMs);
            return;
        }
        if (mined.succeeded() && carriesIt && order.getUntilRound() > 0) {
            end(order, ChainWorkState.CONFIRMED, "", nowMs);
            return;
        }
        if (mined.succeeded() && carriesIt) {
            order.setStep(order.getStep() + 1);
            order.setState(ChainWorkState.QUEUED);
            order.setNotBeforeMs(0);
            save(order, nowMs);
            return;
        }
        order.setAttempts(order.getAttempts() + 1);
        String why = mined.fault().isEmpty() ? "its transaction failed" : mined.fault();
        if (order.getUntilRound() == 0) {
            end(order, ChainWorkState.DEAD, why, nowMs);
        } else {
            order.setState(ChainWorkState.QUEUED);
            wait(order, why, nowMs);
        }
    }

    /** Its number went to another transaction. */
    void replaced(PendingTransaction transaction, long nowMs) {
        OrderState order = of(transaction);
        if (order != null) {
            order.setNonce(-1);
            order.setState(ChainWorkState.QUEUED);
            wait(order, "its number went to another transaction", nowMs);
        }
    }

    private @Nullable OrderState of(PendingTransaction transaction) {
        for (SignedTransaction version : transaction.getVersions()) {
            OrderState order = version.getOrder().isEmpty() ? null : book.order(version.getOrder());
            if (order != null && !hasEnded(order) && order.getNonce() == transaction.getNonce()) {
                return order;
            }
        }
        return null;
    }

    static boolean hasEnded(OrderState order) {
        return switch (order.getState()) {
            case CONFIRMED, EXPIRED, DEAD -> true;
            case QUEUED, SIGNED, SENT, MINED -> false;
        };
    }

    private void end(OrderState order, ChainWorkState state, String reason, long nowMs) {
        order.setState(state);
        order.setReason(reason);
        save(order, nowMs);
        String type =
                switch (state) {
                    case CONFIRMED -> "OrderDone";
                    case EXPIRED -> "OrderMissed";
                    default -> "OrderFailed";
                };
        tell(order, type, reason, nowMs);
    }

    private void save(OrderState order, long nowMs) {
        order.setUpdatedAtMs(nowMs);
        book.put(order);
    }

    private void tell(OrderState order, String type, String reason, long nowMs) {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("command", order.getId());
        numbers.put("action", order.getOrder().getAction());
        numbers.putAll(order.getOrder().getArguments());
        numbers.put("step", Integer.toString(order.getStep()));
        List<ByteBuffer> all = order.getTransactions();
        if (!all.isEmpty()) {
            numbers.put("transaction", Outbox.hash(all.get(all.size() - 1)));
        }
        log.tell(nowMs, type, reason, numbers);
    }
}
