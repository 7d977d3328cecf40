package org.livepeer.flink.operators.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.ledger.AccountLedger.Funded;
import org.livepeer.flink.operators.ledger.AccountLedger.Refused;
import org.livepeer.flink.operators.ledger.AccountLedger.Verdict;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.PaymentEntry;
import org.livepeer.flink.schemas.PriceHistory;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.RequestEntry;
import org.livepeer.flink.schemas.RequestState;
import org.livepeer.flink.schemas.SetPrice;
import org.livepeer.flink.schemas.TicketCredit;

/** Applies {@link AccountLedger} to the messages of each account; price lists are broadcast. */
public final class LedgerFunction
        extends KeyedBroadcastProcessFunction<String, LedgerInput, LedgerInput, FundedRequest> {
    private static final long serialVersionUID = 1L;

    /** Scope to its prices over time. No TTL: a price holds until it is changed. */
    public static final MapStateDescriptor<String, PriceHistory> PRICES =
            new MapStateDescriptor<>(
                    "prices", Types.STRING, new AvroTypeInfo<>(PriceHistory.class));

    /** The account. No TTL: money is closed by an event, never dropped. */
    public static final ValueStateDescriptor<AccountState> ACCOUNT =
            new ValueStateDescriptor<>("account", new AvroTypeInfo<>(AccountState.class));

    /** Commands applied, with their append time. No TTL: a command counts once for ever. */
    public static final MapStateDescriptor<String, Long> COMMANDS =
            new MapStateDescriptor<>("commands", Types.STRING, Types.LONG);

    /** Purchases RESERVED now, with the instant they are given back. Emptied by settling. */
    public static final MapStateDescriptor<String, Long> RESERVED =
            new MapStateDescriptor<>("reserved", Types.STRING, Types.LONG);

    /** Segments that came before their payment, by its id; answered at their deadline at last. */
    public static final MapStateDescriptor<String, Request> HELD =
            new MapStateDescriptor<>("held", Types.STRING, new AvroTypeInfo<>(Request.class));

    private static final long TIMER_STEP_MS = 10_000;
    private static final long RESTORE_GRACE_MS = 30_000;

    private final LedgerOptions options;
    private final Claim claim;
    private transient AccountLedger rules;
    private transient ValueState<AccountState> account;
    private transient MapState<String, RequestEntry> requests;
    private transient MapState<String, PaymentEntry> payments;
    private transient MapState<String, Request> held;
    private transient MapState<String, Long> reserved;
    private transient MapState<String, Long> commands;
    private transient ReasonCounters refusals;
    private transient Histogram reachedMs;
    private transient long startedAtMs;

    @SuppressWarnings("NullAway.Init")
    public LedgerFunction(LedgerOptions options, Claim claim) {
        this.options = options;
        this.claim = claim;
    }

    /** Purchases by request id, superseded ones by id@time; they outlive their receipts. */
    public static MapStateDescriptor<String, RequestEntry> requests(LedgerOptions options) {
        return remembered(
                new MapStateDescriptor<>(
                        "requests", Types.STRING, new AvroTypeInfo<>(RequestEntry.class)),
                options);
    }

    /** What was said to each payment, by its id. */
    public static MapStateDescriptor<String, PaymentEntry> payments(LedgerOptions options) {
        return remembered(
                new MapStateDescriptor<>(
                        "payments", Types.STRING, new AvroTypeInfo<>(PaymentEntry.class)),
                options);
    }

    private static <T> MapStateDescriptor<String, T> remembered(
            MapStateDescriptor<String, T> descriptor, LedgerOptions options) {
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(Duration.ofMillis(options.entryRetentionMs()))
                        .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
                        .setStateVisibility(StateTtlConfig.StateVisibility.NeverReturnExpired)
                        .build());
        return descriptor;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        rules = new AccountLedger(options);
        account = getRuntimeContext().getState(ACCOUNT);
        requests = getRuntimeContext().getMapState(requests(options));
        reserved = getRuntimeContext().getMapState(RESERVED);
        payments = getRuntimeContext().getMapState(payments(options));
        held = getRuntimeContext().getMapState(HELD);
        commands = getRuntimeContext().getMapState(COMMANDS);
        refusals = new ReasonCounters(getRuntimeContext().getMetricGroup(), "refused");
        reachedMs =
                getRuntimeContext()
                        .getMetricGroup()
                        .histogram("reachedMs", new DescriptiveStatisticsHistogram(1_000));
        claim.await();
        startedAtMs = System.currentTimeMillis();
    }

    @Override
    public void processElement(
            LedgerInput input, ReadOnlyContext context, Collector<FundedRequest> out)
            throws Exception {
        Book book = new Book(context, context.getBroadcastState(PRICES), context.getCurrentKey());
        Object message = input.getMessage();
        if (message instanceof Request request) {
            String payment = request.getPaymentId();
            if (payment.isEmpty()) {
                reserve(book, request, context, out);
            } else {
                onPayment(book, request, payments.get(payment), context, out);
            }
        } else if (message instanceof TicketCredit credit) {
            PaymentEntry said = rules.receive(book, credit, input.getTimestampMs());
            long now = context.currentProcessingTime();
            if (!said.getAccepted()) {
                refusals.count(Reason.PaymentRefused.name());
            }
            context.output(Tags.ANSWERS, Receipts.verdict(credit.getPayment(), said, now));
            String payment = credit.getPayment().getPaymentId();
            Request waiting = held.get(payment);
            if (waiting != null) {
                held.remove(payment);
                onPayment(book, waiting, said, context, out);
            }
        } else if (message instanceof Receipt receipt) {
            rules.settle(book, receipt, input.getTimestampMs());
        } else if (message instanceof ControlCommand command) {
            rules.apply(book, command, input.getTimestampMs());
        }
        book.flush();
        if (options.creditTtlMs() > 0) {
            long ttl = options.creditTtlMs();
            timerAt(context, input.getTimestampMs() + ttl);
        }
    }

    /** A segment is worked after its payment was accepted, never before. */
    private void onPayment(
            Book book,
            Request request,
            @Nullable PaymentEntry said,
            ReadOnlyContext context,
            Collector<FundedRequest> out)
            throws Exception {
        if (said == null) {
            held.put(request.getPaymentId(), request);
            timerAt(context, request.getDeadlineAtMs());
        } else if (said.getAccepted()) {
            reserve(book, request, context, out);
        } else {
            refuse(request, Reason.PaymentRefused, said.getDetail(), context);
        }
    }

    private void reserve(
            Book book, Request request, ReadOnlyContext context, Collector<FundedRequest> out) {
        Verdict verdict = rules.reserve(book, request);
        if (verdict instanceof Funded funded) {
            reachedMs.update(context.currentProcessingTime() - request.getAcceptedAtMs());
            out.collect(new FundedRequest(request, funded.funding()));
        } else if (verdict instanceof Refused refused) {
            refuse(request, refused.reason(), refused.detail(), context);
        }
    }

    private void refuse(Request request, Reason reason, String detail, ReadOnlyContext context) {
        refusals.count(reason.name());
        context.output(
                Tags.ANSWERS,
                Receipts.failureAnswer(request, reason, detail, context.currentProcessingTime()));
    }

    /** Answers segments whose payment did not come in their time. */
    private void giveUp(long nowMs, ReadOnlyContext context) throws Exception {
        Iterator<Map.Entry<String, Request>> waiting = held.iterator();
        while (waiting.hasNext()) {
            Request request = waiting.next().getValue();
            if (request.getDeadlineAtMs() <= nowMs) {
                refuse(
                        request,
                        Reason.DeadlineExceeded,
                        "payment " + request.getPaymentId() + " did not come in time",
                        context);
                waiting.remove();
            }
        }
    }

    @Override
    public void processBroadcastElement(
            LedgerInput input, Context context, Collector<FundedRequest> out) throws Exception {
        if (input.getMessage() instanceof ControlCommand command
                && command.getCommand() instanceof SetPrice price) {
            BroadcastState<String, PriceHistory> prices = context.getBroadcastState(PRICES);
            String scope = price.getScope();
            prices.put(
                    scope,
                    PriceLists.after(prices.get(scope), command, price, input.getTimestampMs()));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<FundedRequest> out)
            throws Exception {
        long now = context.timerService().currentProcessingTime();
        if (now < startedAtMs + RESTORE_GRACE_MS && startedAtMs > timestamp) {
            // Overdue since before a restore: the receipt may be among the records to be read.
            timerAt(context, startedAtMs + RESTORE_GRACE_MS);
            return;
        }
        Book book = new Book(context, context.getBroadcastState(PRICES), context.getCurrentKey());
        rules.releaseOverdue(book, now);
        giveUp(now, context);
        rules.expireCredit(book, now);
        book.flush();
    }

    private static void timerAt(ReadOnlyContext context, long atMs) {
        long rounded = (atMs / TIMER_STEP_MS + 1) * TIMER_STEP_MS;
        context.timerService().registerProcessingTimeTimer(rounded);
    }

    /** The book of the current key, in Flink's state. */
    private final class Book implements AccountBook {
        private final ReadOnlyContext context;
        private final ReadOnlyBroadcastState<String, PriceHistory> prices;
        private final String key;
        private @Nullable AccountState current;
        private boolean changed;

        Book(
                ReadOnlyContext context,
                ReadOnlyBroadcastState<String, PriceHistory> prices,
                String key) {
            this.context = context;
            this.prices = prices;
            this.key = key;
        }

        void flush() throws Exception {
            if (changed && current != null) {
                account.update(current);
                output(Tags.LEDGER, new LedgerEntry(current, startedAtMs));
            }
        }

        private <T> void output(OutputTag<T> tag, T value) {
            context.output(tag, value);
        }

        @Override
        public AccountState account() {
            AccountState loaded = current;
            if (loaded == null) {
                loaded = unchecked(account::value);
                if (loaded == null) {
                    loaded = Accounts.empty(key);
                }
                current = loaded;
            }
            return loaded;
        }

        @Override
        public void save(AccountState state) {
            current = state;
            changed = true;
        }

        @Override
        public @Nullable RequestEntry request(String requestKey) {
            return unchecked(() -> requests.get(requestKey));
        }

        @Override
        public void put(String requestKey, RequestEntry entry) {
            unchecked(
                    () -> {
                        requests.put(requestKey, entry);
                        if (entry.getState() == RequestState.RESERVED) {
                            reserved.put(requestKey, entry.getSettleByMs());
                            timerAt(context, entry.getSettleByMs());
                        } else {
                            reserved.remove(requestKey);
                        }
                        return null;
                    });
        }

        @Override
        public @Nullable PaymentEntry payment(String paymentId) {
            return unchecked(() -> payments.get(paymentId));
        }

        @Override
        public void put(String paymentId, PaymentEntry entry) {
            unchecked(
                    () -> {
                        payments.put(paymentId, entry);
                        return null;
                    });
        }

        @Override
        public List<String> reservedKeys() {
            List<String> keys = new ArrayList<>();
            Iterable<String> all = unchecked(reserved::keys);
            if (all != null) {
                all.forEach(keys::add);
            }
            return keys;
        }

        @Override
        public void forgetReserved(String requestKey) {
            unchecked(
                    () -> {
                        reserved.remove(requestKey);
                        return null;
                    });
        }

        @Override
        public boolean firstTime(String commandId, long appendedAtMs) {
            Boolean first =
                    unchecked(
                            () -> {
                                if (commands.contains(commandId)) {
                                    return false;
                                }
                                commands.put(commandId, appendedAtMs);
                                return true;
                            });
            return Boolean.TRUE.equals(first);
        }

        @Override
        public @Nullable PriceQuote listPrice(String accountName, long atMs) {
            PriceQuote own = PriceLists.at(unchecked(() -> prices.get(accountName)), atMs);
            return own != null ? own : PriceLists.at(unchecked(() -> prices.get("")), atMs);
        }

        @Override
        public void emit(Event event) {
            event.setAttempt(startedAtMs);
            output(Tags.EVENTS, event);
        }

        private <T> @Nullable T unchecked(StateAccess<T> access) {
            try {
                return access.run();
            } catch (Exception e) {
                throw new IllegalStateException("state of account " + key + " failed", e);
            }
        }
    }

    @FunctionalInterface
    private interface StateAccess<T> {
        @Nullable T run() throws Exception;
    }
}
