package org.livepeer.flink.operators.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.WorkerState;

/**
 * The order in which workers are taken: those that can do it at all, then those with room, least
 * loaded first against what they were measured to sustain; a worker that failed several times
 * lately comes later.
 */
final class Choice {
    private static final int FAILURES_BEFORE_MOVE = 3;

    private final Cell cell;

    Choice(Cell cell) {
        this.cell = cell;
    }

    /** Capabilities that a request needs. */
    static Set<String> needs(Request request) {
        Set<String> needs = new HashSet<>();
        for (Profile profile : request.getProfiles()) {
            needs.add(profile.getCodec() == VideoCodec.H265 ? "encode:h265" : "encode:h264");
            if (profile.getFormat() == OutputFormat.MP4) {
                needs.add("format:mp4");
            }
        }
        if (request.getCalcPerceptualHash()) {
            needs.add("perceptual-hash");
        }
        return needs;
    }

    /** Workers that can do the request and take sessions, best first; room is not looked at. */
    List<WorkerState> capable(Request request) {
        Set<String> needs = needs(request);
        List<WorkerState> capable = new ArrayList<>();
        for (WorkerState worker : cell.workers()) {
            if (!isDraining(worker) && worker.getHeartbeat().getCapabilities().containsAll(needs)) {
                capable.add(worker);
            }
        }
        capable.sort(
                Comparator.comparing(Choice::fails)
                        .thenComparingDouble(this::loadRatio)
                        .thenComparingInt(w -> cell.running(id(w)))
                        .thenComparing(Choice::id));
        return capable;
    }

    /** Whether a new session of that load fits; a worker without sessions takes any one. */
    boolean hasRoom(WorkerState worker, long load) {
        int sessions = cell.sessions(id(worker));
        long capacity = worker.getHeartbeat().getCapacityPixelsPerSecond();
        return sessions < worker.getHeartbeat().getMaxSessions()
                && (sessions == 0 || cell.load(id(worker)) + load <= capacity);
    }

    /**
     * Whether the worker may be asked for one more request now: running ones and as many queued.
     */
    boolean hasSlot(WorkerState worker) {
        return cell.running(id(worker)) < 2 * Math.max(1, worker.getHeartbeat().getSlots());
    }

    /** Whether any worker may be asked for one more request now. */
    boolean anySlot() {
        return cell.workers().stream().anyMatch(this::hasSlot);
    }

    /**
     * Whether a session should go elsewhere: one failure may be the segment's, or an overload's.
     */
    static boolean fails(WorkerState worker) {
        return worker.getConsecutiveFailures() >= FAILURES_BEFORE_MOVE;
    }

    static boolean isDraining(WorkerState worker) {
        return worker.getDrainedByOperator()
                || worker.getHeartbeat().getDraining()
                || worker.getHeartbeat().getLeaving();
    }

    static String id(WorkerState worker) {
        return worker.getHeartbeat().getWorkerId();
    }

    private double loadRatio(WorkerState worker) {
        long capacity = Math.max(1, worker.getHeartbeat().getCapacityPixelsPerSecond());
        return (double) cell.load(id(worker)) / capacity;
    }
}
