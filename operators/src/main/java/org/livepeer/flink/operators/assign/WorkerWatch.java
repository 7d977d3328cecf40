package org.livepeer.flink.operators.assign;

import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.WorkerState;

/** What a cell knows of its workers and of the subtasks beside them: who came, failed, left. */
final class WorkerWatch {
    private static final int BEATS_TO_FORGIVE = 10;

    private WorkerWatch() {}

    /** A try at a worker failed, or one succeeded. */
    static void countFailure(Cell cell, String workerId, boolean failed) {
        WorkerState worker = cell.worker(workerId);
        if (worker != null && (failed || worker.getConsecutiveFailures() > 0)) {
            worker.setConsecutiveFailures(failed ? worker.getConsecutiveFailures() + 1 : 0);
            cell.put(worker);
        }
    }

    /** A worker gave a sign of life. Older ones than the newest known change nothing. */
    static void heartbeat(Cell cell, WorkerHeartbeat beat, long nowMs, Outlet out) {
        WorkerState known = cell.worker(beat.getWorkerId());
        if (known != null && isStale(known.getHeartbeat(), beat)) {
            return;
        }
        if (beat.getLeaving()) {
            if (known != null) {
                workerGone(cell, known, "left", out);
            }
            return;
        }
        boolean restarted =
                known != null && known.getHeartbeat().getIncarnation() != beat.getIncarnation();
        WorkerState worker =
                WorkerState.newBuilder()
                        .setHeartbeat(beat)
                        .setLastSeenMs(nowMs)
                        .setDrainedByOperator(known != null && known.getDrainedByOperator())
                        .setConsecutiveFailures(
                                known == null || restarted ? 0 : forgiven(known, beat))
                        .build();
        cell.put(worker);
        if (known == null || restarted) {
            Map<String, String> numbers = new LinkedHashMap<>();
            numbers.put("capacity", Long.toString(beat.getCapacityPixelsPerSecond()));
            numbers.put("maxSessions", Integer.toString(beat.getMaxSessions()));
            numbers.put("slots", Integer.toString(beat.getSlots()));
            out.event(
                    known == null ? "WorkerJoined" : "WorkerRestarted",
                    "",
                    "",
                    -1,
                    "",
                    beat.getWorkerId(),
                    numbers);
        }
    }

    /** One failure every ten beats, or a worker that nobody asks any more would stay the last. */
    private static int forgiven(WorkerState known, WorkerHeartbeat beat) {
        int failures = known.getConsecutiveFailures();
        return beat.getBeat() % BEATS_TO_FORGIVE == 0 ? Math.max(0, failures - 1) : failures;
    }

    private static boolean isStale(WorkerHeartbeat known, WorkerHeartbeat beat) {
        return beat.getIncarnation() < known.getIncarnation()
                || (beat.getIncarnation() == known.getIncarnation()
                        && beat.getBeat() <= known.getBeat());
    }

    /** The operator drains a worker or takes it back. */
    static void drain(Cell cell, String workerId, boolean draining, Outlet out) {
        WorkerState worker = cell.worker(workerId);
        if (worker != null) {
            worker.setDrainedByOperator(draining);
            cell.put(worker);
        }
        out.event(
                draining ? "WorkerDrained" : "WorkerTakenBack",
                worker == null ? "no such worker" : "by the operator",
                "",
                -1,
                "",
                workerId,
                Map.of());
    }

    /** Workers silent for too long are lost. */
    static void loseSilent(Cell cell, long seenBeforeMs, Outlet out) {
        for (WorkerState worker : cell.workers()) {
            if (worker.getLastSeenMs() < seenBeforeMs) {
                workerGone(cell, worker, "silent", out);
            }
        }
    }

    /** A subtask of Work says where it runs; those of another parallelism are of an earlier job. */
    static void subtask(Cell cell, WorkSubtask subtask) {
        WorkSubtask known = cell.subtask(subtask.getSubtask());
        if (known != null && known.getStartedAtMs() > subtask.getStartedAtMs()) {
            return;
        }
        for (WorkSubtask other : cell.subtasks()) {
            if (other.getParallelism() != subtask.getParallelism()
                    && other.getStartedAtMs() <= subtask.getStartedAtMs()) {
                cell.removeSubtask(other.getSubtask());
            }
        }
        cell.put(subtask);
    }

    private static void workerGone(Cell cell, WorkerState worker, String reason, Outlet out) {
        String workerId = Choice.id(worker);
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("sessions", Integer.toString(cell.sessions(workerId)));
        numbers.put("inFlight", Integer.toString(cell.running(workerId)));
        numbers.put("lastSeenMs", Long.toString(worker.getLastSeenMs()));
        cell.removeWorker(workerId);
        out.event("WorkerLost", reason, "", -1, "", workerId, numbers);
    }
}
