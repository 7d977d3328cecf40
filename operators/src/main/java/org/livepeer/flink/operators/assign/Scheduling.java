package org.livepeer.flink.operators.assign;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.Attempt;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.InFlight;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Parked;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.WorkerState;

/**
 * The placing rules of one cell. A session sticks to its worker until that leaves or fails; a new
 * one goes to the capable worker that is least loaded; a request that finds no room waits, without
 * its media, or is refused.
 *
 * <pre>
 *   session:  (none) ──first request──► leased ──idle for sessionTimeout──► ended
 *                                        │  ▲
 *                    worker gone, full drain │ moved to another worker
 *   request:  funded ──room──► in flight ──receipt──► done
 *                │                 ▲
 *                └─no room─► parked ┘  (past its deadline: refused)
 * </pre>
 */
public final class Scheduling {
    private static final int LATENCIES_KEPT = 64;

    private final AssignOptions options;

    public Scheduling(AssignOptions options) {
        this.options = options;
    }

    /** A funded request came in. */
    public void request(Cell cell, FundedRequest funded, long nowMs, Outlet out) {
        String session = Sessions.idOf(funded);
        if (cell.parkedOfSession(session) > 0 || !tryPlace(cell, funded, nowMs, out)) {
            park(cell, funded, nowMs, out);
        }
    }

    private boolean tryPlace(Cell cell, FundedRequest funded, long nowMs, Outlet out) {
        Request request = funded.getRequest();
        Choice choice = new Choice(cell);
        List<WorkerState> capable = choice.capable(request);
        String doneBy = funded.getFunding().getDoneBy();
        if (funded.getFunding().getSettled()) {
            WorkerState keeper = doneBy == null ? null : cell.worker(doneBy);
            WorkerState chosen =
                    keeper != null ? keeper : capable.isEmpty() ? null : capable.get(0);
            if (chosen == null) {
                return false;
            }
            Decisions.place(cell, funded, chosen, capable, 0, out, "answered from the kept result");
            return true;
        }
        String session = Sessions.idOf(funded);
        Lease lease = cell.lease(session);
        WorkerState worker = lease == null ? null : cell.worker(lease.getWorkerId());
        boolean stays =
                worker != null
                        && lease != null
                        && capable.contains(worker)
                        && !Choice.fails(worker);
        String why = "sticky";
        if (!stays) {
            worker = firstWithRoom(choice, capable, request.getLoadPixelsPerSecond(), lease);
            why = lease == null ? "least loaded" : "moved";
        }
        if (worker == null || !choice.hasSlot(worker)) {
            return false;
        }
        Lease held = hold(cell, lease, funded, worker, nowMs, out);
        long ordinal = held.getNextOrdinal();
        held.setNextOrdinal(ordinal + 1);
        held.setLastActivityMs(nowMs);
        cell.put(held);
        cell.put(
                new InFlight(
                        request.getRequestId(),
                        session,
                        Choice.id(worker),
                        Math.max(nowMs, request.getDeadlineAtMs()) + options.forgetGraceMs()));
        Decisions.place(cell, funded, worker, capable, ordinal, out, why);
        return true;
    }

    private static @Nullable WorkerState firstWithRoom(
            Choice choice, List<WorkerState> capable, long load, @Nullable Lease lease) {
        for (WorkerState worker : capable) {
            boolean own = lease != null && Choice.id(worker).equals(lease.getWorkerId());
            if (own || choice.hasRoom(worker, load)) {
                return worker;
            }
        }
        return null;
    }

    private Lease hold(
            Cell cell,
            @Nullable Lease lease,
            FundedRequest funded,
            WorkerState worker,
            long nowMs,
            Outlet out) {
        Request request = funded.getRequest();
        String workerId = Choice.id(worker);
        long load = request.getLoadPixelsPerSecond();
        if (lease == null) {
            Lease opened =
                    Lease.newBuilder()
                            .setSessionId(Sessions.idOf(funded))
                            .setAccount(request.getAccount())
                            .setManifestId(request.getManifestId())
                            .setWorkerId(workerId)
                            .setLoadPixelsPerSecond(load)
                            .setStartedAtMs(nowMs)
                            .setLastActivityMs(nowMs)
                            .build();
            cell.put(opened);
            Decisions.event(cell, out, "SessionOpened", "", request, workerId, load);
            out.session(opened, 0, 0);
            return opened;
        }
        if (!lease.getWorkerId().equals(workerId)) {
            Decisions.event(
                    cell,
                    out,
                    "SessionMoved",
                    "from " + lease.getWorkerId(),
                    request,
                    workerId,
                    load);
        }
        lease.setAccount(request.getAccount());
        lease.setWorkerId(workerId);
        lease.setLoadPixelsPerSecond(load);
        return lease;
    }

    private void park(Cell cell, FundedRequest funded, long nowMs, Outlet out) {
        Request request = funded.getRequest();
        String session = Sessions.idOf(funded);
        Choice choice = new Choice(cell);
        List<WorkerState> capable = choice.capable(request);
        if (capable.isEmpty() && cell.workerCount() > 0) {
            refuse(
                    cell,
                    funded,
                    out,
                    Reason.NoCapableWorker,
                    "no worker that takes sessions can do " + Choice.needs(request));
            return;
        }
        boolean full =
                cell.lease(session) == null
                        && !capable.isEmpty()
                        && firstWithRoom(choice, capable, request.getLoadPixelsPerSecond(), null)
                                == null;
        if (full) {
            refuse(
                    cell,
                    funded,
                    out,
                    Reason.OrchestratorCapped,
                    "every worker is at its capacity or at its maxSessions: push again later, or"
                            + " add a worker");
            return;
        }
        if (cell.parkedOfSession(session) >= options.parkedPerSession()) {
            refuse(
                    cell,
                    funded,
                    out,
                    Reason.OrchestratorBusy,
                    options.parkedPerSession()
                            + " segments of this stream wait already: push more slowly, or ask for"
                            + " less");
            return;
        }
        cell.park(new Parked(funded, nowMs));
        Decisions.event(
                cell, out, "Parked", "no room now", request, "", request.getLoadPixelsPerSecond());
    }

    private void refuse(Cell cell, FundedRequest funded, Outlet out, Reason reason, String detail) {
        Request request = funded.getRequest();
        Decisions.event(
                cell, out, "Refused", reason.name(), request, "", request.getLoadPixelsPerSecond());
        out.refuse(funded, reason, detail);
    }

    /** The work on a request ended. */
    public void receipt(Cell cell, Receipt receipt, long nowMs, Outlet out) {
        cell.removeInFlight(receipt.getSessionId(), receipt.getRequestId());
        for (Attempt attempt : receipt.getFailedAttempts()) {
            if (Reason.ofCode(attempt.getReason()).retryable()) {
                WorkerWatch.countFailure(cell, attempt.getWorkerId(), true);
            }
        }
        if (receipt.getSuccess()) {
            WorkerWatch.countFailure(cell, receipt.getWorkerId(), false);
        }
        Lease lease = cell.lease(receipt.getSessionId());
        if (lease != null) {
            lease.setLastActivityMs(nowMs);
            if (receipt.getSuccess()) {
                lease.setSegments(lease.getSegments() + 1);
                lease.setWorkMs(lease.getWorkMs() + receipt.getWorkMs());
                lease.setPlayedMs(lease.getPlayedMs() + receipt.getDurationMs());
                List<Integer> latencies = new ArrayList<>(lease.getRecentLatencyMs());
                latencies.add((int) (receipt.getAnsweredAtMs() - receipt.getAcceptedAtMs()));
                int from = Math.max(0, latencies.size() - LATENCIES_KEPT);
                lease.setRecentLatencyMs(
                        new ArrayList<>(latencies.subList(from, latencies.size())));
            } else {
                lease.setFailures(lease.getFailures() + 1);
            }
            cell.put(lease);
            session(cell, lease, out);
        }
        unpark(cell, nowMs, out);
    }

    /** A worker gave a sign of life. Older ones than the newest known change nothing. */
    public void heartbeat(Cell cell, WorkerHeartbeat beat, long nowMs, Outlet out) {
        WorkerWatch.heartbeat(cell, beat, nowMs, out);
        unpark(cell, nowMs, out);
    }

    /** The operator drains a worker or takes it back. */
    public void drain(Cell cell, String workerId, boolean draining, Outlet out) {
        WorkerWatch.drain(cell, workerId, draining, out);
    }

    /** A subtask of Work says on which host it runs. */
    public void subtask(Cell cell, WorkSubtask subtask) {
        WorkerWatch.subtask(cell, subtask);
    }

    /** Time passed: lost workers, idle sessions, forgotten and parked requests. */
    public void tick(Cell cell, long nowMs, boolean inGrace, Outlet out) {
        if (!inGrace) {
            WorkerWatch.loseSilent(cell, nowMs - options.workerTimeoutMs(), out);
            for (Lease lease : cell.leasesIdleSince(nowMs - options.sessionTimeoutMs())) {
                if (cell.runningOfSession(lease.getSessionId()) == 0) {
                    endSession(cell, lease, out);
                }
            }
            for (InFlight request : cell.inFlight()) {
                if (nowMs > request.getForgetAtMs()) {
                    cell.removeInFlight(request.getSessionId(), request.getRequestId());
                }
            }
        }
        unpark(cell, nowMs, out);
        cell.parked()
                .forEach(
                        (number, parked) -> {
                            FundedRequest funded = parked.getRequest();
                            if (nowMs > funded.getRequest().getDeadlineAtMs()) {
                                cell.unpark(number);
                                refuse(
                                        cell,
                                        funded,
                                        out,
                                        Reason.DeadlineExceeded,
                                        "no worker had room within the segment's deadline");
                            }
                        });
    }

    private void endSession(Cell cell, Lease lease, Outlet out) {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("segments", Long.toString(lease.getSegments()));
        numbers.put("failures", Long.toString(lease.getFailures()));
        numbers.put("freedLoad", Long.toString(lease.getLoadPixelsPerSecond()));
        cell.removeLease(lease.getSessionId());
        out.event(
                "SessionEnded",
                "idle",
                lease.getManifestId(),
                -1,
                "",
                lease.getWorkerId(),
                numbers);
        out.sessionEnded(lease.getSessionId());
    }

    /** Places what waits, the longest waiting first, while any worker has a slot. */
    private void unpark(Cell cell, long nowMs, Outlet out) {
        Choice choice = new Choice(cell);
        Set<String> stillWaiting = new HashSet<>();
        for (var next = cell.parkedAfter(-1);
                next != null && (choice.anySlot() || cell.parkedSettled() > 0);
                next = cell.parkedAfter(next.getKey())) {
            FundedRequest funded = next.getValue().getRequest();
            String session = Sessions.idOf(funded);
            if (!stillWaiting.contains(session)
                    && nowMs <= funded.getRequest().getDeadlineAtMs()
                    && tryPlace(cell, funded, nowMs, out)) {
                cell.unpark(next.getKey());
            } else {
                stillWaiting.add(session);
            }
        }
    }

    private static void session(Cell cell, Lease lease, Outlet out) {
        String id = lease.getSessionId();
        out.session(lease, cell.runningOfSession(id), cell.parkedOfSession(id));
    }
}
