package org.livepeer.flink.operators.admit;

import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.WorkSubtask;

/** Lets verified places of Work's subtasks in, for one cell. */
public final class SubtaskFunction extends SignedRecordFunction<WorkSubtask, AssignInput> {
    private static final long serialVersionUID = 1L;

    private final String cell;

    public SubtaskFunction(SecretSource secret, String cell) {
        super(WorkSubtask.class, "subtasks", secret);
        this.cell = cell;
    }

    @Override
    protected void accept(WorkSubtask subtask, Coordinates origin, Collector<AssignInput> out) {
        out.collect(new AssignInput(cell, origin.getTimestampMs(), subtask));
    }
}
