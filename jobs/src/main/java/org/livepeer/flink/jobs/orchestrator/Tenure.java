package org.livepeer.flink.jobs.orchestrator;

import java.io.Serializable;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.EpochLog;
import org.livepeer.flink.connectors.kafka.client.PendingClaim;
import org.livepeer.flink.connectors.kafka.client.TopicContents;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.schemas.Epoch;

/**
 * A job's claim on its deployment's topics. Taking it makes every older copy stop.
 *
 * <p>In application mode Flink runs the job's main again on whichever JobManager takes over, and
 * then goes on with the job as it was submitted first. A claim of that run would stop the very job
 * that it is about, so it goes on with the claim that stands.
 *
 * @param epochId unique per submission
 * @param claim what its tasks wait for
 * @param startAtMs where sources begin without state: 0 for the oldest record, else that instant
 * @param mustRestore whether a start without state is refused
 */
public record Tenure(String epochId, Claim claim, long startAtMs, boolean mustRestore)
        implements Serializable {
    /**
     * Takes the deployment over, or goes on with it, or leaves it to who started the job to take it
     * over once the job's tasks stand ready.
     *
     * @throws IllegalStateException when an earlier job wrote on these topics and this one has
     *     neither its state nor the order to begin anew: money would be counted twice
     */
    public static Tenure take(OrchestratorOptions options, Configuration configuration) {
        String restoredFrom =
                configuration.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).orElse("").strip();
        if (!options.claim().isEmpty()) {
            return pending(options, restoredFrom);
        }
        boolean highlyAvailable =
                !"NONE".equalsIgnoreCase(configuration.get(HighAvailabilityOptions.HA_MODE));
        String clusterId =
                highlyAvailable ? configuration.get(HighAvailabilityOptions.HA_CLUSTER_ID) : "";
        String jobId =
                highlyAvailable
                        ? configuration
                                .getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID)
                                .orElse("")
                        : "";
        try (EpochLog epochs = new EpochLog(options.kafka(), options.secret().secret())) {
            Optional<EpochLog.Entry> last = epochs.newest();
            // A job that never changed an account left nothing that could be counted twice.
            boolean wroteBefore =
                    last.isPresent() && !TopicContents.isUntouched(options.kafka(), Topics.LEDGER);
            long now = System.currentTimeMillis();
            Epoch epoch =
                    Epoch.newBuilder()
                            .setEpochId(UUID.randomUUID().toString())
                            .setJobName("orchestrator")
                            .setVersion(Version.VERSION)
                            .setStartedAtMs(now)
                            .setFreshLedger(wroteBefore && restoredFrom.isEmpty())
                            .setClusterId(clusterId)
                            .setJobId(jobId)
                            .setRestoredFrom(restoredFrom)
                            .build();
            if (last.isPresent() && isSameSubmission(epoch, last.get().epoch())) {
                return goOn(last.get(), wroteBefore);
            }
            if (epoch.getFreshLedger() && !options.freshLedger()) {
                throw new IllegalStateException(
                        "job "
                                + last.get().epoch().getEpochId()
                                + " wrote on these topics before and this one has no state: start"
                                + " it from the newest savepoint or retained checkpoint (flink run"
                                + " -s PATH), or give --freshLedger to begin with empty balances at"
                                + " the end of the topics");
            }
            return new Tenure(
                    epoch.getEpochId(),
                    Claim.at(epochs.append(epoch)),
                    epoch.getFreshLedger() ? now : 0,
                    false);
        }
    }

    private static Tenure pending(OrchestratorOptions options, String restoredFrom) {
        if (restoredFrom.isEmpty()) {
            throw new IllegalStateException(
                    "--claim is for a job that replaces a running one: start it from that one's"
                            + " savepoint, or leave --claim out");
        }
        return new Tenure(
                options.claim(),
                new PendingClaim(options.kafka(), options.secret(), options.claim()),
                0,
                false);
    }

    /** A claim of a job that is started from a savepoint of the one that it replaces. */
    public static Epoch claim(String epochId, String savepoint) {
        return Epoch.newBuilder()
                .setEpochId(epochId)
                .setJobName("orchestrator")
                .setVersion(Version.VERSION)
                .setStartedAtMs(System.currentTimeMillis())
                .setRestoredFrom(savepoint)
                .build();
    }

    private static boolean isSameSubmission(Epoch mine, Epoch last) {
        return !mine.getJobId().isEmpty()
                && mine.getJobId().equals(last.getJobId())
                && mine.getClusterId().equals(last.getClusterId())
                && mine.getRestoredFrom().equals(last.getRestoredFrom());
    }

    private static Tenure goOn(EpochLog.Entry last, boolean wroteBefore) {
        Epoch epoch = last.epoch();
        return new Tenure(
                epoch.getEpochId(),
                Claim.at(last.offset()),
                epoch.getFreshLedger() ? epoch.getStartedAtMs() : 0,
                wroteBefore);
    }
}
