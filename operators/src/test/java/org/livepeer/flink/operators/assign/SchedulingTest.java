package org.livepeer.flink.operators.assign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.schemas.Attempt;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.InFlight;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Parked;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.WorkerState;

class SchedulingTest {
    private static final long T0 = 1_000_000;

    private final Scheduling rules =
            new Scheduling(new AssignOptions(70_000, 5_000, 4, 10_000, 10_000));
    private final Cell cell = new Cell(new NoStore());
    private final Decisions out = new Decisions();

    private void beat(String worker, long capacity, int maxSessions, int slots) {
        WorkerHeartbeat beat = Requests.beat(worker, 1, cell.workers().size());
        beat.setCapacityPixelsPerSecond(capacity);
        beat.setMaxSessions(maxSessions);
        beat.setSlots(slots);
        rules.heartbeat(cell, beat, T0, out);
    }

    private static FundedRequest push(String manifest, String id) {
        Request request = Requests.request(id, T0);
        request.setManifestId(manifest);
        request.setAccount("manifest:" + manifest);
        return Requests.funded(request, false);
    }

    private void push(FundedRequest funded) {
        rules.request(cell, funded, T0, out);
    }

    private void finish(PlacedRequest placed, boolean success) {
        rules.receipt(cell, receipt(placed, success), T0 + 100, out);
    }

    private static Receipt receipt(PlacedRequest placed, boolean success) {
        Receipt receipt = Requests.receipt(placed.getRequest().getRequestId(), T0, success, 10);
        receipt.setSessionId(placed.getPlacement().getSessionId());
        receipt.setWorkerId(placed.getPlacement().getWorker().getWorkerId());
        return receipt;
    }

    @Test
    void aSessionSticksAndTheNextGoesToTheLeastLoaded() {
        beat("w1", 10_000_000, 4, 2);
        beat("w2", 10_000_000, 4, 2);

        push(push("a", "a1"));
        push(push("b", "b1"));
        push(push("a", "a2"));

        assertThat(out.workers()).containsExactly("w1", "w2", "w1");
        assertThat(out.placed.get(0).getPlacement().getAlternates())
                .extracting(w -> w.getWorkerId())
                .containsExactly("w2");
        assertThat(out.placed.get(2).getPlacement().getOrdinal()).isEqualTo(1);
    }

    @Test
    void capabilitiesComeBeforeLoad() {
        WorkerHeartbeat able = Requests.beat("able", 1, 1);
        able.setCapabilities(List.of("encode:h264", "perceptual-hash"));
        able.setCapacityPixelsPerSecond(3_100_000);
        beat("idle", 100_000_000, 4, 2);
        rules.heartbeat(cell, able, T0, out);
        FundedRequest wanted = push("a", "a1");
        wanted.getRequest().setCalcPerceptualHash(true);

        push(wanted);

        assertThat(out.workers()).containsExactly("able");
    }

    @Test
    void refusesWhatNobodyCanDo() {
        beat("w1", 10_000_000, 4, 2);
        FundedRequest wanted = push("a", "a1");
        wanted.getRequest().setCalcPerceptualHash(true);

        push(wanted);

        assertThat(out.refused).containsExactly(Reason.NoCapableWorker);
    }

    @Test
    void fullByMeasuredCapacityAndByMaxSessions() {
        // One 240p30 session is 3 067 200 pixels a second.
        beat("w1", 6_200_000, 9, 8);
        push(push("a", "a1"));
        push(push("b", "b1"));
        push(push("c", "c1"));
        assertThat(out.placed).hasSize(2);
        assertThat(out.refused).containsExactly(Reason.OrchestratorCapped);

        beat("w2", 100_000_000, 1, 8);
        push(push("d", "d1"));
        push(push("e", "e1"));
        assertThat(out.placed).hasSize(3);
        assertThat(out.refused).hasSize(2);
    }

    @Test
    void oneFailureKeepsNobodyAwayAndThreeUntilTheyAreForgiven() {
        beat("w1", 10_000_000, 4, 2);
        beat("w2", 10_000_000, 4, 2);
        WorkerWatch.countFailure(cell, "w1", true);
        push(push("a", "a1"));
        push(push("b", "b1"));
        assertThat(out.placed).extracting(this::workerOf).containsExactly("w1", "w2");

        WorkerWatch.countFailure(cell, "w1", true);
        WorkerWatch.countFailure(cell, "w1", true);
        push(push("c", "c1"));
        assertThat(out.placed).extracting(this::workerOf).endsWith("w2");

        rules.heartbeat(cell, Requests.beat("w1", 1, 10), T0, out);
        push(push("d", "d1"));
        assertThat(out.placed).extracting(this::workerOf).endsWith("w1");
    }

    private String workerOf(PlacedRequest placed) {
        return placed.getPlacement().getWorker().getWorkerId();
    }

    @Test
    void waitsAndGoesOnInOrderWhenThereIsRoom() {
        beat("w1", 10_000_000, 4, 1);
        for (int i = 0; i < 4; i++) {
            push(push("a", "a" + i));
        }
        assertThat(out.placed).hasSize(2);
        assertThat(cell.parkedOfSession("manifest:a|a")).isEqualTo(2);

        finish(out.placed.get(0), true);
        finish(out.placed.get(1), true);

        assertThat(out.placed)
                .extracting(p -> p.getRequest().getRequestId())
                .containsExactly("a0", "a1", "a2", "a3");
        assertThat(cell.parkedOfSession("manifest:a|a")).isZero();
    }

    @Test
    void onlyAFewWaitAndNotForEver() {
        beat("w1", 10_000_000, 4, 1);
        for (int i = 0; i < 7; i++) {
            push(push("a", "a" + i));
        }
        assertThat(out.refused).containsExactly(Reason.OrchestratorBusy);

        rules.tick(cell, T0 + 30_001, true, out);

        assertThat(out.refused).hasSize(5).endsWith(Reason.DeadlineExceeded);
    }

    @Test
    void waitsForTheFirstWorker() {
        push(push("a", "a1"));
        assertThat(out.placed).isEmpty();

        beat("w1", 10_000_000, 4, 1);

        assertThat(out.workers()).containsExactly("w1");
    }

    @Test
    void aSilentWorkerIsLostAndItsSessionMoves() {
        beat("w1", 10_000_000, 4, 2);
        push(push("a", "a1"));
        rules.heartbeat(cell, Requests.beat("w2", 1, 0), T0 + 5_000, out);

        rules.tick(cell, T0 + 5_001, true, out);
        assertThat(out.events).doesNotContain("WorkerLost");
        rules.tick(cell, T0 + 5_001, false, out);
        push(push("a", "a2"));

        assertThat(out.events).contains("WorkerLost", "SessionMoved");
        assertThat(out.workers()).containsExactly("w1", "w2");
    }

    @Test
    void aDrainedWorkerGetsNothingNew() {
        beat("w1", 10_000_000, 4, 2);
        beat("w2", 10_000_000, 4, 2);
        rules.drain(cell, "w1", true, out);

        push(push("a", "a1"));

        assertThat(out.workers()).containsExactly("w2");
    }

    @Test
    void anOldOrRepeatedBeatChangesNothing() {
        rules.heartbeat(cell, Requests.beat("w1", 5, 3), T0, out);

        rules.heartbeat(cell, Requests.beat("w1", 4, 9), T0 + 9, out);
        rules.heartbeat(cell, Requests.beat("w1", 5, 3), T0 + 9, out);

        assertThat(cell.worker("w1").getLastSeenMs()).isEqualTo(T0);
    }

    @Test
    void anIdleSessionEndsAndFreesItsLoad() {
        beat("w1", 10_000_000, 4, 2);
        push(push("a", "a1"));
        finish(out.placed.get(0), true);
        assertThat(cell.load("w1")).isEqualTo(3_067_200);
        WorkerHeartbeat alive = Requests.beat("w1", 1, 99);
        rules.heartbeat(cell, alive, T0 + 70_100, out);

        rules.tick(cell, T0 + 70_100, false, out);
        assertThat(cell.load("w1")).isEqualTo(3_067_200);
        rules.tick(cell, T0 + 70_101, false, out);

        assertThat(cell.load("w1")).isZero();
        assertThat(out.ended).containsExactly("manifest:a|a");
    }

    @Test
    void aWorkerThatFailsThreeTimesLosesItsSessions() {
        beat("w1", 10_000_000, 4, 4);
        beat("w2", 10_000_000, 4, 4);
        for (int i = 0; i < 3; i++) {
            push(push("a", "a" + i));
            Receipt receipt = receipt(out.placed.get(i), true);
            receipt.setWorkerId("w2");
            receipt.setFailedAttempts(
                    List.of(new Attempt("w1", Reason.WorkerUnavailable.name(), "", T0, 5L)));
            rules.receipt(cell, receipt, T0, out);
        }

        push(push("a", "a9"));

        assertThat(out.workers()).containsExactly("w1", "w1", "w1", "w2");
    }

    @Test
    void aPaidRequestGoesToWhoDidIt() {
        beat("w0", 10_000_000, 4, 2);
        beat("w1", 10_000_000, 4, 2);

        push(Requests.funded(Requests.request("r1", T0), true));

        assertThat(out.workers()).containsExactly("w1");
        assertThat(cell.leaseCount()).isZero();
    }

    @Test
    void aSessionThatIsUsedAgainOutlivesAYoungerOne() {
        beat("w1", 100_000_000, 4, 8);
        push(push("a", "a1"));
        push(push("b", "b1"));
        rules.request(cell, push("a", "a2"), T0 + 50_000, out);
        out.placed.forEach(placed -> cell.removeInFlight(session(placed), id(placed)));

        rules.tick(cell, T0 + 70_000, false, out);
        assertThat(cell.leaseCount()).isEqualTo(2);
        rules.tick(cell, T0 + 70_001, false, out);

        assertThat(cell.lease("manifest:a|a")).isNotNull();
        assertThat(cell.lease("manifest:b|b")).isNull();
    }

    @Test
    void whatIsPaidForIsPlacedAlsoWhenNoSlotIsLeft() {
        push(push("a", "a1"));
        push(push("b", "b1"));
        push(push("c", "c1"));
        push(Requests.funded(Requests.request("r1", T0), true));

        // One slot: one request runs there, one waits there.
        beat("w1", 100_000_000, 9, 1);

        assertThat(out.placed)
                .extracting(placed -> placed.getRequest().getRequestId())
                .containsExactly("a1", "b1", "r1");
        assertThat(cell.parkedCount()).isEqualTo(1);
        assertThat(cell.parkedSettled()).isZero();
    }

    private static String session(PlacedRequest placed) {
        return placed.getPlacement().getSessionId();
    }

    private static String id(PlacedRequest placed) {
        return placed.getRequest().getRequestId();
    }

    @Test
    void aRequestWithoutReceiptIsForgottenInTheEnd() {
        beat("w1", 10_000_000, 4, 2);
        push(push("a", "a1"));
        assertThat(cell.running("w1")).isEqualTo(1);

        rules.tick(cell, T0 + 40_001, false, out);

        assertThat(cell.running("w1")).isZero();
    }

    private void subtask(int number, int parallelism, long startedAtMs, String... hosts) {
        rules.subtask(
                cell,
                new WorkSubtask(
                        number, parallelism, List.of(hosts), startedAtMs, "process-" + number));
    }

    private int subtaskOfNext(String manifest, String seed) {
        push(push(manifest, seed));
        return out.placed.get(out.placed.size() - 1).getPlacement().getSubtask();
    }

    @Test
    void aRequestGoesThroughTheSubtaskOnTheWorkersHost() {
        beat("w1", 10_000_000, 4, 9);
        String host = cell.workers().get(0).getHeartbeat().getHost();

        assertThat(subtaskOfNext("a", "a1")).isEqualTo(-1);

        subtask(0, 2, 10, "elsewhere");
        subtask(1, 2, 10, "10.0.0.7", host);
        assertThat(subtaskOfNext("a", "a2")).isEqualTo(1);

        // Started again on other hosts; an older word that comes late changes nothing.
        subtask(0, 2, 20, host);
        subtask(1, 2, 20, "elsewhere");
        subtask(1, 2, 15, host);
        assertThat(subtaskOfNext("a", "a3")).isZero();
    }

    @Test
    void ofThoseOnTheWorkersHostTheOneWhereTheMediaIsHeldIsTaken() {
        beat("w1", 10_000_000, 4, 9);
        String host = cell.workers().get(0).getHeartbeat().getHost();
        subtask(0, 3, 10, host);
        subtask(1, 3, 10, host);
        subtask(2, 3, 10, "elsewhere");

        for (String stream : List.of("a", "b", "c", "d", "e")) {
            FundedRequest held = push(stream, stream + "1");
            held.getRequest().setHeldBy("process-1");
            push(held);
            assertThat(out.placed.get(out.placed.size() - 1).getPlacement().getSubtask())
                    .isEqualTo(1);
        }

        FundedRequest farAway = push("f", "f1");
        farAway.getRequest().setHeldBy("process-2");
        push(farAway);
        assertThat(out.placed.get(out.placed.size() - 1).getPlacement().getSubtask())
                .as("beside the worker goes before beside the media")
                .isIn(0, 1);
    }

    @Test
    void subtasksOfAnotherParallelismAreForgotten() {
        beat("w1", 10_000_000, 4, 9);
        String host = cell.workers().get(0).getHeartbeat().getHost();
        subtask(0, 4, 10, "elsewhere");
        subtask(3, 4, 10, host);

        subtask(0, 2, 20, "elsewhere");

        assertThat(subtaskOfNext("a", "a1")).isEqualTo(-1);
    }

    private static final class NoStore implements CellStore {
        @Override
        public void worker(String workerId, @Nullable WorkerState worker) {}

        @Override
        public void lease(String sessionId, @Nullable Lease lease) {}

        @Override
        public void inFlight(String key, @Nullable InFlight inFlight) {}

        @Override
        public void parked(long number, @Nullable Parked parked) {}

        @Override
        public void subtask(int number, @Nullable WorkSubtask subtask) {}
    }

    private static final class Decisions implements Outlet {
        final List<PlacedRequest> placed = new ArrayList<>();
        final List<Reason> refused = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        final List<String> ended = new ArrayList<>();

        List<String> workers() {
            return placed.stream().map(p -> p.getPlacement().getWorker().getWorkerId()).toList();
        }

        @Override
        public void place(PlacedRequest request) {
            placed.add(request);
        }

        @Override
        public void refuse(FundedRequest request, Reason reason, String detail) {
            assertThat(detail).isNotBlank();
            refused.add(reason);
        }

        @Override
        public void session(Lease lease, int inFlight, int parked) {}

        @Override
        public void sessionEnded(String sessionId) {
            ended.add(sessionId);
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
            events.add(type);
        }
    }
}
