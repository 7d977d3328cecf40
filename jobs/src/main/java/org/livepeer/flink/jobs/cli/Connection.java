package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.auth.ClusterSecret;
import picocli.CommandLine.Option;

/** Flags that every node and every command about a deployment share: where the deployment is. */
final class Connection extends CommonFlags {
    private static final String EMBEDDED = "127.0.0.1:9092";

    @Option(
            names = {"-kafka", "--kafka"},
            paramLabel = "HOST:PORT",
            defaultValue = "",
            description = "Kafka broker (default: the embedded one, " + EMBEDDED + ")")
    String kafka = "";

    @Option(
            names = {"-kafkaConfig", "--kafkaConfig"},
            paramLabel = "FILE",
            description = "Kafka client settings (TLS, SASL), the same file on every host")
    @Nullable Path kafkaConfig;

    @Option(
            names = {"-topicPrefix", "--topicPrefix"},
            defaultValue = "",
            description = "put before every topic's name")
    String topicPrefix = "";

    @Option(
            names = {"-orchSecret", "--orchSecret", "-clusterSecret", "--clusterSecret"},
            paramLabel = "FILE",
            description =
                    "file with the cluster secret (default: DATADIR/cluster.secret); with -orchAddr"
                            + " the orchestrator's secret, itself or in a file")
    @Nullable String secret;

    KafkaAddress address() {
        return new KafkaAddress(kafka.isEmpty() ? EMBEDDED : kafka, topicPrefix, configFile());
    }

    /** Absolute, or empty. */
    String configFile() {
        return kafkaConfig == null ? "" : kafkaConfig.toAbsolutePath().toString();
    }

    Path secretPath() {
        return secret == null ? dataDir.resolve("cluster.secret") : Path.of(secret);
    }

    ClusterSecret secret() {
        return new SecretFile(secretPath()).secret();
    }
}
