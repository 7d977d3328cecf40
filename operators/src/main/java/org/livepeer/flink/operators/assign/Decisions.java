package org.livepeer.flink.operators.assign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Placement;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerAddress;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.WorkerState;

/** Tells decisions: a placed request to Work, and every decision with its numbers to events. */
final class Decisions {
    private static final int MOST_ALTERNATES = 2;
    private static final int NOWHERE = -1;

    private Decisions() {}

    /** Sends a request to a worker, through the subtask of Work beside it. */
    static void place(
            Cell cell,
            FundedRequest funded,
            WorkerState worker,
            List<WorkerState> capable,
            long ordinal,
            Outlet out,
            String why) {
        List<WorkerAddress> alternates = new ArrayList<>();
        for (WorkerState other : capable) {
            if (alternates.size() < MOST_ALTERNATES && other != worker) {
                alternates.add(address(other));
            }
        }
        Request request = funded.getRequest();
        event(
                cell,
                out,
                "Assigned",
                why,
                request,
                Choice.id(worker),
                request.getLoadPixelsPerSecond());
        out.place(
                new PlacedRequest(
                        request,
                        funded.getFunding(),
                        new Placement(
                                Sessions.idOf(funded),
                                ordinal,
                                address(worker),
                                alternates,
                                subtaskBeside(cell, worker, request))));
    }

    private static WorkerAddress address(WorkerState worker) {
        WorkerHeartbeat beat = worker.getHeartbeat();
        return new WorkerAddress(beat.getWorkerId(), beat.getAddress(), beat.getHost());
    }

    /**
     * One of those on the worker's host, in the process that holds the media if there is one there,
     * the same for a stream; none when there is none.
     */
    private static int subtaskBeside(Cell cell, WorkerState worker, Request request) {
        String host = worker.getHeartbeat().getHost();
        List<WorkSubtask> beside =
                cell.subtasks().stream().filter(s -> s.getHosts().contains(host)).toList();
        List<WorkSubtask> holding =
                beside.stream().filter(s -> s.getProcess().equals(request.getHeldBy())).toList();
        List<WorkSubtask> best = holding.isEmpty() ? beside : holding;
        return best.isEmpty()
                ? NOWHERE
                : best.get(Math.floorMod(request.getManifestId().hashCode(), best.size()))
                        .getSubtask();
    }

    /** Writes a decision about a request down, with the numbers it was made from. */
    static void event(
            Cell cell,
            Outlet out,
            String type,
            String reason,
            Request request,
            String workerId,
            long load) {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("load", Long.toString(load));
        numbers.put("workers", Integer.toString(cell.workerCount()));
        WorkerState worker = cell.worker(workerId);
        if (worker != null) {
            numbers.put("workerLoad", Long.toString(cell.load(workerId)));
            numbers.put(
                    "workerCapacity",
                    Long.toString(worker.getHeartbeat().getCapacityPixelsPerSecond()));
            numbers.put("workerSessions", Integer.toString(cell.sessions(workerId)));
            numbers.put("workerInFlight", Integer.toString(cell.running(workerId)));
        }
        out.event(
                type,
                reason,
                request.getManifestId(),
                request.getSeq(),
                request.getRequestId(),
                workerId,
                numbers);
    }
}
