package org.livepeer.flink.operators.admit;

import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.LedgerInput;

/** Lets the operator's verified commands in. */
public final class ControlFunction extends SignedRecordFunction<ControlCommand, LedgerInput> {
    private static final long serialVersionUID = 1L;

    public ControlFunction(SecretSource secret) {
        super(ControlCommand.class, "control", secret);
    }

    @Override
    protected void accept(ControlCommand command, Coordinates origin, Collector<LedgerInput> out) {
        out.collect(new LedgerInput(command.getTarget(), origin.getTimestampMs(), command));
    }
}
