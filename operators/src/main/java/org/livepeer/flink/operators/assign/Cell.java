package org.livepeer.flink.operators.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.InFlight;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Parked;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerState;

/**
 * Everything a cell knows, in memory, each change written through to its {@link CellStore}: a
 * decision looks at all workers, which are few, and state access is not free.
 */
public final class Cell {
    private final CellStore store;
    private final Map<String, WorkerState> workers = new TreeMap<>();
    // The one whose activity is longest ago first.
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private final Map<String, InFlight> inFlight = new HashMap<>();
    private final TreeMap<Long, Parked> parked = new TreeMap<>();
    private final TreeMap<Integer, WorkSubtask> subtasks = new TreeMap<>();
    private final Map<String, Counted> countedLeases = new HashMap<>();
    private final Map<String, Long> loadByWorker = new HashMap<>();
    private final Map<String, Integer> sessionsByWorker = new HashMap<>();
    private final Map<String, Integer> runningByWorker = new HashMap<>();
    private final Map<String, Integer> runningBySession = new HashMap<>();
    private final Map<String, Integer> parkedBySession = new HashMap<>();
    private int parkedSettled;

    /** What a lease was counted as; the record itself is mutable. */
    private record Counted(String workerId, long load) {}

    public Cell(CellStore store) {
        this.store = store;
    }

    /** Takes over what was read from state, without writing it again. */
    public void load(
            Map<String, WorkerState> savedWorkers,
            List<Lease> savedLeases,
            Map<String, InFlight> savedInFlight,
            Map<Long, Parked> savedParked,
            Map<Integer, WorkSubtask> savedSubtasks) {
        subtasks.putAll(savedSubtasks);
        workers.putAll(savedWorkers);
        savedLeases.stream()
                .sorted(Comparator.comparingLong(Lease::getLastActivityMs))
                .forEach(lease -> count(lease.getSessionId(), lease));
        savedInFlight.forEach(this::count);
        savedParked.forEach(this::count);
    }

    List<WorkerState> workers() {
        return new ArrayList<>(workers.values());
    }

    int workerCount() {
        return workers.size();
    }

    int leaseCount() {
        return leases.size();
    }

    int inFlightCount() {
        return inFlight.size();
    }

    int parkedCount() {
        return parked.size();
    }

    @Nullable WorkerState worker(String workerId) {
        return workers.get(workerId);
    }

    void put(WorkerState worker) {
        String id = worker.getHeartbeat().getWorkerId();
        workers.put(id, worker);
        store.worker(id, worker);
    }

    void removeWorker(String workerId) {
        workers.remove(workerId);
        store.worker(workerId, null);
    }

    List<WorkSubtask> subtasks() {
        return new ArrayList<>(subtasks.values());
    }

    @Nullable WorkSubtask subtask(int number) {
        return subtasks.get(number);
    }

    void put(WorkSubtask subtask) {
        subtasks.put(subtask.getSubtask(), subtask);
        store.subtask(subtask.getSubtask(), subtask);
    }

    void removeSubtask(int number) {
        subtasks.remove(number);
        store.subtask(number, null);
    }

    /** Leases without activity since an instant; no other one is looked at. */
    List<Lease> leasesIdleSince(long ms) {
        List<Lease> idle = new ArrayList<>();
        for (Lease lease : leases.values()) {
            if (lease.getLastActivityMs() >= ms) {
                break;
            }
            idle.add(lease);
        }
        return idle;
    }

    @Nullable Lease lease(String sessionId) {
        return leases.get(sessionId);
    }

    void put(Lease lease) {
        count(lease.getSessionId(), lease);
        store.lease(lease.getSessionId(), lease);
    }

    void removeLease(String sessionId) {
        count(sessionId, (Lease) null);
        store.lease(sessionId, null);
    }

    List<InFlight> inFlight() {
        return new ArrayList<>(inFlight.values());
    }

    void put(InFlight request) {
        String key = request.getSessionId() + "#" + request.getRequestId();
        count(key, request);
        store.inFlight(key, request);
    }

    void removeInFlight(String sessionId, String requestId) {
        String key = sessionId + "#" + requestId;
        if (inFlight.containsKey(key)) {
            count(key, (InFlight) null);
            store.inFlight(key, null);
        }
    }

    /** Parked requests, the longest waiting first, by their number. */
    Map<Long, Parked> parked() {
        return new LinkedHashMap<>(parked);
    }

    /** The parked request with the next number above one; null at the end. */
    Map.@Nullable Entry<Long, Parked> parkedAfter(long number) {
        return parked.higherEntry(number);
    }

    /** Parked requests that are paid for: they need no free slot. */
    int parkedSettled() {
        return parkedSettled;
    }

    void park(Parked request) {
        long number = parked.isEmpty() ? 0 : parked.lastKey() + 1;
        count(number, request);
        store.parked(number, request);
    }

    void unpark(long number) {
        count(number, (Parked) null);
        store.parked(number, null);
    }

    long load(String workerId) {
        return loadByWorker.getOrDefault(workerId, 0L);
    }

    int sessions(String workerId) {
        return sessionsByWorker.getOrDefault(workerId, 0);
    }

    int running(String workerId) {
        return runningByWorker.getOrDefault(workerId, 0);
    }

    int runningOfSession(String sessionId) {
        return runningBySession.getOrDefault(sessionId, 0);
    }

    int parkedOfSession(String sessionId) {
        return parkedBySession.getOrDefault(sessionId, 0);
    }

    private void count(String sessionId, @Nullable Lease lease) {
        Counted before = countedLeases.remove(sessionId);
        if (before != null) {
            loadByWorker.merge(before.workerId(), -before.load(), Long::sum);
            sessionsByWorker.merge(before.workerId(), -1, Integer::sum);
        }
        if (lease == null) {
            leases.remove(sessionId);
            return;
        }
        Counted now = new Counted(lease.getWorkerId(), lease.getLoadPixelsPerSecond());
        leases.remove(sessionId);
        leases.put(sessionId, lease);
        countedLeases.put(sessionId, now);
        loadByWorker.merge(now.workerId(), now.load(), Long::sum);
        sessionsByWorker.merge(now.workerId(), 1, Integer::sum);
    }

    private void count(String key, @Nullable InFlight request) {
        InFlight before = request == null ? inFlight.remove(key) : inFlight.put(key, request);
        if (before != null) {
            runningByWorker.merge(before.getWorkerId(), -1, Integer::sum);
            runningBySession.merge(before.getSessionId(), -1, Integer::sum);
        }
        if (request != null) {
            runningByWorker.merge(request.getWorkerId(), 1, Integer::sum);
            runningBySession.merge(request.getSessionId(), 1, Integer::sum);
        }
    }

    private void count(long number, @Nullable Parked request) {
        Parked before = request == null ? parked.remove(number) : parked.put(number, request);
        if (before != null) {
            countParked(before.getRequest(), -1);
        }
        if (request != null) {
            countParked(request.getRequest(), 1);
        }
    }

    private void countParked(FundedRequest funded, int change) {
        parkedBySession.merge(Sessions.idOf(funded), change, Integer::sum);
        if (funded.getFunding().getSettled()) {
            parkedSettled += change;
        }
    }
}
