package org.livepeer.flink.operators.assign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Receipts;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.DrainWorker;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.InFlight;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Parked;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.WorkerState;

/** Applies {@link Scheduling} to the messages of each cell. */
public final class AssignFunction extends KeyedProcessFunction<String, AssignInput, PlacedRequest> {
    private static final long serialVersionUID = 1L;
    private static final long TICK_MS = 1_000;

    /** Workers by id. No TTL: removed when they are lost. */
    public static final MapStateDescriptor<String, WorkerState> WORKERS =
            new MapStateDescriptor<>(
                    "workers", Types.STRING, new AvroTypeInfo<>(WorkerState.class));

    /** Leases by session id. No TTL: removed when idle. */
    public static final MapStateDescriptor<String, Lease> LEASES =
            new MapStateDescriptor<>("leases", Types.STRING, new AvroTypeInfo<>(Lease.class));

    /**
     * Requests at workers, by session#request. No TTL: removed by receipt or after the deadline.
     */
    public static final MapStateDescriptor<String, InFlight> IN_FLIGHT =
            new MapStateDescriptor<>("in-flight", Types.STRING, new AvroTypeInfo<>(InFlight.class));

    /** Parked requests by number. No TTL: placed, or refused at their deadline. */
    public static final MapStateDescriptor<Long, Parked> PARKED =
            new MapStateDescriptor<>("parked", Types.LONG, new AvroTypeInfo<>(Parked.class));

    /** Where Work's subtasks run. No TTL: each says so anew when it starts. */
    public static final MapStateDescriptor<Integer, WorkSubtask> SUBTASKS =
            new MapStateDescriptor<>("subtasks", Types.INT, new AvroTypeInfo<>(WorkSubtask.class));

    /** Number of the cell's last event. */
    public static final ValueStateDescriptor<Long> SEQUENCE =
            new ValueStateDescriptor<>("event-sequence", Types.LONG);

    private final AssignOptions options;
    private final Claim claim;
    private transient Scheduling rules;
    private transient MapState<String, WorkerState> workers;
    private transient MapState<String, Lease> leases;
    private transient MapState<String, InFlight> inFlight;
    private transient MapState<Long, Parked> parked;
    private transient MapState<Integer, WorkSubtask> subtasks;
    private transient ValueState<Long> sequence;
    private transient Map<String, Cell> cells;
    private transient ReasonCounters refusals;
    private transient Histogram reachedMs;
    private transient long startedAtMs;

    @SuppressWarnings("NullAway.Init")
    public AssignFunction(AssignOptions options, Claim claim) {
        this.options = options;
        this.claim = claim;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        rules = new Scheduling(options);
        workers = getRuntimeContext().getMapState(WORKERS);
        leases = getRuntimeContext().getMapState(LEASES);
        inFlight = getRuntimeContext().getMapState(IN_FLIGHT);
        parked = getRuntimeContext().getMapState(PARKED);
        subtasks = getRuntimeContext().getMapState(SUBTASKS);
        sequence = getRuntimeContext().getState(SEQUENCE);
        cells = new HashMap<>();
        refusals = new ReasonCounters(getRuntimeContext().getMetricGroup(), "refused");
        reachedMs =
                getRuntimeContext()
                        .getMetricGroup()
                        .histogram("reachedMs", new DescriptiveStatisticsHistogram(1_000));
        claim.await();
        startedAtMs = System.currentTimeMillis();
    }

    @Override
    public void processElement(AssignInput input, Context context, Collector<PlacedRequest> out)
            throws Exception {
        long now = context.timerService().currentProcessingTime();
        Cell cell = cell(context.getCurrentKey(), context, now);
        Out outlet = new Out(context, out, context.getCurrentKey(), now);
        Object message = input.getMessage();
        if (message instanceof FundedRequest funded) {
            rules.request(cell, funded, now, outlet);
        } else if (message instanceof Receipt receipt) {
            rules.receipt(cell, receipt, now, outlet);
        } else if (message instanceof WorkerHeartbeat beat) {
            rules.heartbeat(cell, beat, now, outlet);
        } else if (message instanceof WorkSubtask subtask) {
            rules.subtask(cell, subtask);
        } else if (message instanceof ControlCommand command
                && command.getCommand() instanceof DrainWorker drain) {
            rules.drain(cell, drain.getWorkerId(), drain.getDraining(), outlet);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<PlacedRequest> out)
            throws Exception {
        long now = context.timerService().currentProcessingTime();
        String key = context.getCurrentKey();
        Cell cell = cell(key, context, now);
        boolean inGrace = now < startedAtMs + options.restoreGraceMs();
        rules.tick(cell, now, inGrace, new Out(context, out, key, now));
        context.output(
                Tags.LIVENESS,
                new Liveness(
                        key,
                        startedAtMs,
                        now,
                        cell.workerCount(),
                        cell.leaseCount(),
                        cell.inFlightCount(),
                        cell.parkedCount()));
        nextTick(context, now);
    }

    private static void nextTick(
            KeyedProcessFunction<String, AssignInput, PlacedRequest>.Context context, long now) {
        context.timerService().registerProcessingTimeTimer((now / TICK_MS + 1) * TICK_MS);
    }

    private Cell cell(
            String key,
            KeyedProcessFunction<String, AssignInput, PlacedRequest>.Context context,
            long now)
            throws Exception {
        Cell known = cells.get(key);
        if (known != null) {
            return known;
        }
        Cell cell = new Cell(new Store());
        Map<String, WorkerState> savedWorkers = new HashMap<>();
        workers.entries().forEach(e -> savedWorkers.put(e.getKey(), e.getValue()));
        List<Lease> savedLeases = new ArrayList<>();
        leases.values().forEach(savedLeases::add);
        Map<String, InFlight> savedInFlight = new HashMap<>();
        inFlight.entries().forEach(e -> savedInFlight.put(e.getKey(), e.getValue()));
        Map<Long, Parked> savedParked = new HashMap<>();
        parked.entries().forEach(e -> savedParked.put(e.getKey(), e.getValue()));
        Map<Integer, WorkSubtask> savedSubtasks = new HashMap<>();
        subtasks.entries().forEach(e -> savedSubtasks.put(e.getKey(), e.getValue()));
        cell.load(savedWorkers, savedLeases, savedInFlight, savedParked, savedSubtasks);
        cells.put(key, cell);
        nextTick(context, now);
        return cell;
    }

    /** Writes through to the state of the current key. */
    private final class Store implements CellStore {
        @Override
        public void worker(String workerId, @Nullable WorkerState worker) {
            write(workers, workerId, worker);
        }

        @Override
        public void lease(String sessionId, @Nullable Lease lease) {
            write(leases, sessionId, lease);
        }

        @Override
        public void inFlight(String key, @Nullable InFlight request) {
            write(inFlight, key, request);
        }

        @Override
        public void parked(long number, @Nullable Parked request) {
            write(parked, number, request);
        }

        @Override
        public void subtask(int number, @Nullable WorkSubtask subtask) {
            write(subtasks, number, subtask);
        }

        private <K, V> void write(MapState<K, V> state, K key, @Nullable V value) {
            try {
                if (value == null) {
                    state.remove(key);
                } else {
                    state.put(key, value);
                }
            } catch (Exception e) {
                throw new IllegalStateException("state of the cell cannot be written", e);
            }
        }
    }

    /** Sends decisions to their outputs. */
    private final class Out implements Outlet {
        private final KeyedProcessFunction<String, AssignInput, PlacedRequest>.Context context;
        private final Collector<PlacedRequest> placed;
        private final String cell;
        private final long now;

        Out(
                KeyedProcessFunction<String, AssignInput, PlacedRequest>.Context context,
                Collector<PlacedRequest> placed,
                String cell,
                long now) {
            this.context = context;
            this.placed = placed;
            this.cell = cell;
            this.now = now;
        }

        @Override
        public void place(PlacedRequest request) {
            reachedMs.update(now - request.getRequest().getAcceptedAtMs());
            placed.collect(request);
        }

        @Override
        public void refuse(FundedRequest request, Reason reason, String detail) {
            refusals.count(reason.name());
            context.output(
                    Tags.RECEIPTS, Receipts.failure(request, "", "", reason, now, 0, List.of()));
            context.output(
                    Tags.ANSWERS,
                    Receipts.failureAnswer(request.getRequest(), reason, detail, now));
        }

        @Override
        public void session(Lease lease, int running, int waiting) {
            context.output(
                    Tags.SESSIONS,
                    SessionEntry.newBuilder()
                            .setLease(Lease.newBuilder(lease).build())
                            .setInFlight(running)
                            .setParked(waiting)
                            .setUpdatedAtMs(now)
                            .build());
        }

        @Override
        public void sessionEnded(String sessionId) {
            Lease nothing =
                    Lease.newBuilder()
                            .setSessionId(sessionId)
                            .setAccount("")
                            .setManifestId("")
                            .setWorkerId("")
                            .setLoadPixelsPerSecond(0)
                            .setStartedAtMs(0)
                            .setLastActivityMs(0)
                            .build();
            context.output(
                    Tags.SESSIONS,
                    SessionEntry.newBuilder()
                            .setLease(nothing)
                            .setUpdatedAtMs(now)
                            .setEnded(true)
                            .build());
        }

        @Override
        public void event(
                String type,
                String reason,
                String manifestId,
                long seq,
                String requestId,
                String workerId,
                Map<String, String> numbers) {
            context.output(
                    Tags.EVENTS,
                    Event.newBuilder()
                            .setStream("cell:" + cell)
                            .setSequence(nextNumber())
                            .setAttempt(startedAtMs)
                            .setAtMs(now)
                            .setType(type)
                            .setReason(reason)
                            .setManifestId(manifestId)
                            .setSeq(seq)
                            .setRequestId(requestId)
                            .setWorkerId(workerId)
                            .setNumbers(numbers)
                            .build());
        }

        private long nextNumber() {
            try {
                Long last = sequence.value();
                long next = last == null ? 1 : last + 1;
                sequence.update(next);
                return next;
            } catch (Exception e) {
                throw new IllegalStateException("the cell's event number cannot be kept", e);
            }
        }
    }
}
