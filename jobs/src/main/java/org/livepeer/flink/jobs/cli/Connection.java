package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.auth.ClusterSecret;
import picocli.CommandLine.Option;

/** Flags that every command shares: where the deployment is. */
final class Connection {
    @Option(
            names = {"-kafka", "--kafka"},
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "Kafka broker (default: ${DEFAULT-VALUE})")
    String kafka = "";

    @Option(
            names = {"-topicPrefix", "--topicPrefix"},
            defaultValue = "",
            description = "put before every topic's name")
    String topicPrefix = "";

    @Option(
            names = {"-dataDir", "--dataDir"},
            paramLabel = "DIR",
            defaultValue = "${sys:user.home}/.livepeer-flink",
            description = "keeps what must outlive the process (default: ${DEFAULT-VALUE})")
    Path dataDir = Path.of("");

    @Option(
            names = {"-clusterSecret", "--clusterSecret", "-orchSecret", "--orchSecret"},
            paramLabel = "FILE",
            description = "file with the cluster secret (default: DATADIR/cluster.secret)")
    Path clusterSecret = Path.of("");

    KafkaAddress address() {
        return new KafkaAddress(kafka, topicPrefix);
    }

    Path secretPath() {
        return clusterSecret.toString().isEmpty()
                ? dataDir.resolve("cluster.secret")
                : clusterSecret;
    }

    ClusterSecret secret() {
        return new SecretFile(secretPath()).secret();
    }
}
