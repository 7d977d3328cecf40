package org.livepeer.flink.operators.assign;

import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.InFlight;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Parked;
import org.livepeer.flink.schemas.WorkSubtask;
import org.livepeer.flink.schemas.WorkerState;

/** Where the changes of a {@link Cell} are written through to; null removes. */
public interface CellStore {
    void worker(String workerId, @Nullable WorkerState worker);

    void lease(String sessionId, @Nullable Lease lease);

    void inFlight(String key, @Nullable InFlight inFlight);

    void parked(long number, @Nullable Parked parked);

    void subtask(int number, @Nullable WorkSubtask subtask);
}
