package org.livepeer.flink.jobs.orchestrator;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.util.ParameterTool;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.admit.AdmitOptions;
import org.livepeer.flink.operators.assign.AssignOptions;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.operators.money.Fraction;

/**
 * What the orchestrator job is told.
 *
 * @param kafka where its topics are
 * @param secret the cluster secret, a file on every host
 * @param admit limits of a push
 * @param ledger price and times
 * @param assign times and waiting places
 * @param freshLedger begin without state on topics that an earlier job wrote
 * @param claim epoch that who starts the job claims for it once its tasks stand ready; empty when
 *     the job claims the deployment itself
 * @param workCapacity requests under way per subtask; never the brake, Assign is
 */
public record OrchestratorOptions(
        KafkaAddress kafka,
        SecretSource secret,
        AdmitOptions admit,
        LedgerOptions ledger,
        AssignOptions assign,
        boolean freshLedger,
        String claim,
        int workCapacity)
        implements Serializable {

    private static final List<String> KNOWN =
            List.of(
                    "kafka",
                    "topicPrefix",
                    "kafkaConfig",
                    "clusterSecret",
                    "pricePerUnit",
                    "pixelsPerUnit",
                    "maxInlineBytes",
                    "segmentDeadline",
                    "sessionTimeout",
                    "resultKept",
                    "creditTTL",
                    "maxOverdraft",
                    "workerTimeout",
                    "parkedPerSession",
                    "cell",
                    "freshLedger",
                    "claim",
                    "workCapacity");

    /**
     * Reads the job's arguments; times in ms.
     *
     * @throws IllegalArgumentException naming the argument, its value and the rule
     */
    public static OrchestratorOptions fromArgs(String[] args) {
        ParameterTool given = ParameterTool.fromArgs(args);
        TreeSet<String> unknown = new TreeSet<>(given.toMap().keySet());
        unknown.removeAll(KNOWN);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown arguments "
                            + unknown
                            + " in "
                            + Arrays.asList(args)
                            + "; known are "
                            + KNOWN);
        }
        AdmitOptions admit = AdmitOptions.defaults();
        LedgerOptions ledger = LedgerOptions.defaults();
        AssignOptions assign = AssignOptions.defaults();
        long sessionTimeout = given.getLong("sessionTimeout", ledger.sessionTimeoutMs());
        return new OrchestratorOptions(
                new KafkaAddress(
                        given.get("kafka", "127.0.0.1:9092"),
                        given.get("topicPrefix", ""),
                        given.get("kafkaConfig", "")),
                new SecretFile(Path.of(given.getRequired("clusterSecret"))),
                new AdmitOptions(
                        given.getInt("maxInlineBytes", admit.maxInlineBytes()),
                        admit.maxMediaBytes(),
                        given.getLong("segmentDeadline", admit.defaultDeadlineMs()),
                        given.get("cell", admit.cell())),
                new LedgerOptions(
                        price(given.toMap()),
                        sessionTimeout,
                        given.getLong("resultKept", ledger.resultKeptMs()),
                        ledger.settleGraceMs(),
                        ledger.entryRetentionMs(),
                        given.getLong("creditTTL", ledger.creditTtlMs()),
                        given.get("maxOverdraft", "")),
                new AssignOptions(
                        sessionTimeout,
                        given.getLong("workerTimeout", assign.workerTimeoutMs()),
                        given.getInt("parkedPerSession", assign.parkedPerSession()),
                        assign.forgetGraceMs(),
                        assign.restoreGraceMs()),
                given.has("freshLedger"),
                given.get("claim", ""),
                given.getInt("workCapacity", 1_000));
    }

    /** go-livepeer's pair: so many wei per so many pixels. */
    private static String price(Map<String, String> given) {
        Fraction perUnit = Fraction.parse(given.getOrDefault("pricePerUnit", "0"));
        Fraction units = Fraction.parse(given.getOrDefault("pixelsPerUnit", "1"));
        if (units.signum() <= 0) {
            throw new IllegalArgumentException("pixelsPerUnit " + units + " must be above 0");
        }
        return new Fraction(
                        perUnit.numerator().multiply(units.denominator()),
                        perUnit.denominator().multiply(units.numerator()))
                .toString();
    }
}
