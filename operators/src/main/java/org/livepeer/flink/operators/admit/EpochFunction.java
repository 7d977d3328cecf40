package org.livepeer.flink.operators.admit;

import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Epoch;

/**
 * Stops this job for good when a newer one owns the deployment: of two running copies the older
 * ends. The order is that of the {@code epochs} topic's single partition.
 */
public final class EpochFunction extends SignedRecordFunction<Epoch, Epoch> {
    private static final long serialVersionUID = 1L;

    private final String epochId;
    private final long offset;

    /**
     * @param epochId this job's epoch
     * @param offset where its record stands in {@code epochs}
     */
    public EpochFunction(SecretSource secret, String epochId, long offset) {
        super(Epoch.class, "epochs", secret);
        this.epochId = epochId;
        this.offset = offset;
    }

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
