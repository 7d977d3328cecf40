package org.livepeer.flink.operators.admit;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Epoch;

/**
 * Stops this job for good when a newer one owns the deployment: of two running copies the older
 * ends. The order is that of the {@code epochs} topic's single partition. Stops it as well when it
 * should have come with state and did not: money would be counted twice.
 */
public final class EpochFunction extends SignedRecordFunction<Epoch, Epoch>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    private final String epochId;
    private final Claim claim;
    private final boolean mustRestore;
    private transient long offset;

    /**
     * @param epochId this job's epoch
     * @param claim this job's claim
     * @param mustRestore whether to refuse to run without a savepoint's or checkpoint's state
     */
    public EpochFunction(SecretSource secret, String epochId, Claim claim, boolean mustRestore) {
        super(Epoch.class, "epochs", secret);
        this.epochId = epochId;
        this.claim = claim;
        this.mustRestore = mustRestore;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        if (mustRestore && !context.isRestored()) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "this job goes on with epoch "
                                    + epochId
                                    + " but Flink has none of its state: start it from the newest"
                                    + " savepoint or retained checkpoint, or under another"
                                    + " high-availability.cluster-id with --freshLedger to begin"
                                    + " with empty balances"));
        }
    }

    @Override
    public void open(OpenContext context) throws Exception {
        super.open(context);
        offset = claim.await();
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    protected void accept(Epoch epoch, Coordinates origin, Collector<Epoch> out) {
        if (origin.getOffset() > offset && !epoch.getEpochId().equals(epochId)) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "job "
                                    + epoch.getJobName()
                                    + " (epoch "
                                    + epoch.getEpochId()
                                    + ", started at "
                                    + epoch.getStartedAtMs()
                                    + ") owns this deployment now: this older copy stops"));
        }
        out.collect(epoch);
    }
}
