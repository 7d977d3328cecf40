package org.livepeer.flink.operators.admit;

import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** Lets verified signs of life in, for one cell. */
public final class WorkerFunction extends SignedRecordFunction<WorkerHeartbeat, AssignInput> {
    private static final long serialVersionUID = 1L;

    private final String cell;

    public WorkerFunction(SecretSource secret, String cell) {
        super(WorkerHeartbeat.class, "workers", secret);
        this.cell = cell;
    }

    @Override
    protected void accept(WorkerHeartbeat beat, Coordinates origin, Collector<AssignInput> out) {
        out.collect(new AssignInput(cell, origin.getTimestampMs(), beat));
    }
}
