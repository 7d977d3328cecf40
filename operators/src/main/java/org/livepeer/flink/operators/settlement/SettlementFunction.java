package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.settlement.SettlementChain.Look;
import org.livepeer.flink.operators.settlement.SettlementChain.Wanted;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OrderState;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.OutboxState;
import org.livepeer.flink.schemas.PendingTransaction;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SettlementInput;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.WinningTicket;
import org.slf4j.LoggerFactory;

/**
 * Applies {@link Settlement}. Keyed by the account that sends; one subtask has it.
 *
 * <p>The node is asked beside the task, one look after another, and what a look showed is taken in
 * by the next timer: no record and no checkpoint waits for a node. A look that was under way when a
 * job ended is made again.
 */
public final class SettlementFunction
        extends KeyedProcessFunction<String, SettlementInput, OutboxEntry> {
    private static final long serialVersionUID = 1L;
    private static final Repeats REPEATS =
            new Repeats(LoggerFactory.getLogger(SettlementFunction.class));

    /** Tickets after each change. */
    public static final OutputTag<Redemption> REDEMPTIONS =
            new OutputTag<>("redemptions", new AvroTypeInfo<>(Redemption.class));

    private static final long TICK_MS = 50;

    /** As long as a record of them may be read again. */
    private static final Duration KEPT = Duration.ofDays(32);

    /** The account. */
    public static final ValueStateDescriptor<OutboxState> OUTBOX =
            new ValueStateDescriptor<>("outbox", new AvroTypeInfo<>(OutboxState.class));

    /** Tickets that have not ended, by hash. Bounded by the rounds in which they count. */
    public static final MapStateDescriptor<String, Redemption> OPEN_TICKETS =
            tickets("open-tickets");

    /** Tickets that have, for {@link #KEPT}. */
    public static final MapStateDescriptor<String, Redemption> ENDED_TICKETS =
            withTtl(tickets("ended-tickets"));

    /** Numbers in use. */
    public static final MapStateDescriptor<Long, PendingTransaction> TRANSACTIONS =
            new MapStateDescriptor<>(
                    "transactions", Types.LONG, new AvroTypeInfo<>(PendingTransaction.class));

    /** Orders that have not ended, by id. */
    public static final MapStateDescriptor<String, OrderState> OPEN_ORDERS = orders("open-orders");

    /** Orders that have, for {@link #KEPT}. */
    public static final MapStateDescriptor<String, OrderState> ENDED_ORDERS =
            withTtl(orders("ended-orders"));

    private final SettlementOptions options;
    private final SecretSource secret;
    private final SettlementChain.Factory chains;
    private final TransactionSigner.Factory signers;

    private transient SettlementChain chain;
    private transient Settlement settlement;
    private transient ExecutorService beside;
    private transient Book book;
    private transient @Nullable CompletableFuture<Look> looking;
    private transient @Nullable Wanted lookedFor;
    private transient long nextLookMs;
    private transient boolean ticking;
    private transient long attempt;
    private transient Vitals vitals;

    @SuppressWarnings("NullAway.Init")
    public SettlementFunction(
            SettlementOptions options,
            SecretSource secret,
            SettlementChain.Factory chains,
            TransactionSigner.Factory signers) {
        this.options = options;
        this.secret = secret;
        this.chains = chains;
        this.signers = signers;
    }

    private static MapStateDescriptor<String, Redemption> tickets(String name) {
        return new MapStateDescriptor<>(name, Types.STRING, new AvroTypeInfo<>(Redemption.class));
    }

    private static MapStateDescriptor<String, OrderState> orders(String name) {
        return new MapStateDescriptor<>(name, Types.STRING, new AvroTypeInfo<>(OrderState.class));
    }

    private static <V> MapStateDescriptor<String, V> withTtl(
            MapStateDescriptor<String, V> descriptor) {
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(KEPT)
                        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .build());
        return descriptor;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        attempt = System.currentTimeMillis();
        book = new Book();
        vitals = new Vitals(getRuntimeContext().getMetricGroup());
        chain = chains.open();
        settlement =
                new Settlement(
                        options,
                        book,
                        chain,
                        signers.open(),
                        Recipient.secret(secret.secret()),
                        attempt);
        beside = Executors.newSingleThreadExecutor(r -> new Thread(r, "settlement-looks"));
    }

    @Override
    public void close() {
        if (beside != null) {
            beside.shutdownNow();
        }
        if (chain != null) {
            chain.close();
        }
    }

    @Override
    public void processElement(SettlementInput input, Context context, Collector<OutboxEntry> out) {
        long now = context.timerService().currentProcessingTime();
        book.outputs(out, context);
        settlement.begin(now);
        Object message = input.getMessage();
        if (message instanceof WinningTicket win) {
            settlement.win(win, now);
        } else if (message instanceof SettlementOrder order) {
            settlement.order(order, input.getTimestampMs(), now);
        } else if (message instanceof OutboxEntry entry) {
            settlement.readBack(entry, now);
            // What may be sent is sent at once.
            nextLookMs = entry.getTransaction() == null ? nextLookMs : now;
        }
        if (!ticking) {
            ticking = true;
            context.timerService().registerProcessingTimeTimer(now + TICK_MS);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutboxEntry> out)
            throws Exception {
        long now = context.timerService().currentProcessingTime();
        ticking = true;
        book.outputs(out, context);
        settlement.begin(now);
        if (settlement.isLost()) {
            REPEATS.warn(
                    "settlement yields account={} cause=another job settles for it: cancel one of the"
                            + " two",
                    context.getCurrentKey());
        } else if (settlement.isReady()) {
            takeIn(now);
            look(now);
        }
        context.timerService().registerProcessingTimeTimer(now + TICK_MS);
    }

    private void takeIn(long now) {
        CompletableFuture<Look> done = looking;
        Wanted wanted = lookedFor;
        if (done == null || wanted == null || !done.isDone()) {
            return;
        }
        looking = null;
        try {
            Look look = done.join();
            settlement.seen(look, wanted, now);
            vitals.seen(look.standing(), now, book.openTickets(), book.transactions().size());
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            REPEATS.warn(
                    "the chain was not seen, tried again cause={}",
                    cause instanceof IOException ? cause.getMessage() : String.valueOf(cause));
        } catch (IOException e) {
            REPEATS.warn("nothing was sent, tried again cause={}", String.valueOf(e.getMessage()));
        }
    }

    private void look(long now) {
        if (looking != null || now < nextLookMs) {
            return;
        }
        Wanted wanted = settlement.wanted(now);
        lookedFor = wanted;
        nextLookMs = now + options.lookEveryMs();
        looking =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return chain.look(wanted);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        beside);
    }

    /** The account in Flink's state. */
    private final class Book implements SettlementBook {
        private final ValueState<OutboxState> outbox = getRuntimeContext().getState(OUTBOX);
        private final MapState<String, Redemption> openTickets =
                getRuntimeContext().getMapState(OPEN_TICKETS);
        private final MapState<String, Redemption> endedTickets =
                getRuntimeContext().getMapState(ENDED_TICKETS);
        private final MapState<Long, PendingTransaction> transactions =
                getRuntimeContext().getMapState(TRANSACTIONS);
        private final MapState<String, OrderState> openOrders =
                getRuntimeContext().getMapState(OPEN_ORDERS);
        private final MapState<String, OrderState> endedOrders =
                getRuntimeContext().getMapState(ENDED_ORDERS);
        private @Nullable Collector<OutboxEntry> out;
        private @Nullable Context context;

        void outputs(Collector<OutboxEntry> out, Context context) {
            this.out = out;
            this.context = context;
        }

        @Override
        public OutboxState outbox() {
            OutboxState state = State.of(outbox::value);
            return state == null ? OutboxState.newBuilder().build() : state;
        }

        @Override
        public void put(OutboxState state) {
            State.run(() -> outbox.update(state));
        }

        @Override
        public List<Redemption> openTickets() {
            List<Redemption> all = new ArrayList<>();
            State.run(() -> openTickets.values().forEach(all::add));
            return all;
        }

        @Override
        public @Nullable Redemption ticket(String hash) {
            Redemption open = State.of(() -> openTickets.get(hash));
            return open != null ? open : State.of(() -> endedTickets.get(hash));
        }

        @Override
        public void put(Redemption ticket) {
            String hash = new WonTicket(ticket.getTicket()).hash();
            boolean ended = Redemptions.hasEnded(ticket);
            State.run(
                    () -> {
                        (ended ? endedTickets : openTickets).put(hash, ticket);
                        (ended ? openTickets : endedTickets).remove(hash);
                    });
            context().output(REDEMPTIONS, ticket);
        }

        @Override
        public List<PendingTransaction> transactions() {
            List<PendingTransaction> all = new ArrayList<>();
            State.run(() -> transactions.values().forEach(all::add));
            all.sort(Comparator.comparingLong(PendingTransaction::getNonce));
            return all;
        }

        @Override
        public void put(PendingTransaction transaction) {
            State.run(() -> transactions.put(transaction.getNonce(), transaction));
        }

        @Override
        public void remove(PendingTransaction transaction) {
            State.run(() -> transactions.remove(transaction.getNonce()));
        }

        @Override
        public List<OrderState> openOrders() {
            List<OrderState> all = new ArrayList<>();
            State.run(() -> openOrders.values().forEach(all::add));
            all.sort(Comparator.comparingLong(OrderState::getQueuedAtMs));
            return all;
        }

        @Override
        public @Nullable OrderState order(String id) {
            OrderState open = State.of(() -> openOrders.get(id));
            return open != null ? open : State.of(() -> endedOrders.get(id));
        }

        @Override
        public void put(OrderState order) {
            boolean ended = Orders.hasEnded(order);
            State.run(
                    () -> {
                        (ended ? endedOrders : openOrders).put(order.getId(), order);
                        (ended ? openOrders : endedOrders).remove(order.getId());
                    });
        }

        @Override
        public void write(OutboxEntry entry) {
            if (out == null) {
                throw new IllegalStateException("nothing is written outside of a record or timer");
            }
            out.collect(entry);
        }

        @Override
        public void tell(Event event) {
            event.setAttempt(attempt);
            vitals.count(event.getType());
            context().output(Tags.EVENTS, event);
        }

        private Context context() {
            if (context == null) {
                throw new IllegalStateException("nothing is told outside of a record or timer");
            }
            return context;
        }
    }

    /** Flink's state, whose failures end the task. */
    private static final class State {
        /** Something that may fail. */
        interface Reading<T> {
            @Nullable T read() throws Exception;
        }

        /** The same without a result. */
        interface Writing {
            void write() throws Exception;
        }

        static <T> @Nullable T of(Reading<T> reading) {
            try {
                return reading.read();
            } catch (Exception e) {
                throw new IllegalStateException("the settlement's state failed", e);
            }
        }

        static void run(Writing writing) {
            try {
                writing.write();
            } catch (Exception e) {
                throw new IllegalStateException("the settlement's state failed", e);
            }
        }
    }
}
