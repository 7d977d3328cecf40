package org.livepeer.flink.jobs.orchestrator;

import java.io.Serializable;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.EpochLog;
import org.livepeer.flink.connectors.kafka.client.TopicContents;
import org.livepeer.flink.schemas.Epoch;

/**
 * A job's claim on its deployment's topics. Taking it makes every older copy stop.
 *
 * @param epochId unique per submission
 * @param offset where the claim stands in {@code epochs}
 * @param startAtMs where sources begin without state: 0 for the oldest record, else that instant
 */
public record Tenure(String epochId, long offset, long startAtMs) implements Serializable {
    /**
     * Takes the deployment over.
     *
     * @throws IllegalStateException when an earlier job wrote on these topics and this one has
     *     neither its state nor the order to begin anew: money would be counted twice
     */
    public static Tenure take(OrchestratorOptions options, Configuration configuration) {
        boolean restores =
                configuration
                        .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                        .filter(path -> !path.isBlank())
                        .isPresent();
        boolean highlyAvailable =
                !"NONE".equalsIgnoreCase(configuration.get(HighAvailabilityOptions.HA_MODE));
        String clusterId =
                highlyAvailable ? configuration.get(HighAvailabilityOptions.HA_CLUSTER_ID) : "";
        try (EpochLog epochs = new EpochLog(options.kafka(), options.secret().secret())) {
            Optional<Epoch> last = epochs.newest();
            boolean recovers =
                    highlyAvailable
                            && configuration
                                    .getOptional(
                                            org.apache.flink.configuration.PipelineOptionsInternal
                                                    .PIPELINE_FIXED_JOB_ID)
                                    .isPresent()
                            && last.filter(e -> e.getClusterId().equals(clusterId)).isPresent();
            // A job that never changed an account left nothing that could be counted twice.
            boolean wroteBefore =
                    last.isPresent() && !TopicContents.isUntouched(options.kafka(), Topics.LEDGER);
            if (wroteBefore && !restores && !recovers && !options.freshLedger()) {
                throw new IllegalStateException(
                        "job "
                                + last.get().getEpochId()
                                + " wrote on these topics before and this one has no state: start"
                                + " it from the newest savepoint or retained checkpoint (flink run"
                                + " -s PATH), or give --freshLedger to begin with empty balances at"
                                + " the end of the topics");
            }
            long now = System.currentTimeMillis();
            boolean anew = wroteBefore && !restores && !recovers;
            Epoch epoch =
                    Epoch.newBuilder()
                            .setEpochId(UUID.randomUUID().toString())
                            .setJobName("orchestrator")
                            .setVersion(Version.VERSION)
                            .setStartedAtMs(now)
                            .setFreshLedger(anew)
                            .setClusterId(clusterId)
                            .build();
            return new Tenure(epoch.getEpochId(), epochs.append(epoch), anew ? now : 0);
        }
    }
}
