package org.livepeer.flink.jobs.node;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.operators.money.Fraction;

/**
 * What a node of this process is told, whatever its roles.
 *
 * @param dataDir keeps everything that must outlive the process
 * @param storeDir directory that edges and workers share for large segments
 * @param kafka host:port of a broker, or empty for the embedded one
 * @param kafkaConfig absolute path of a file with Kafka client settings, or empty
 * @param flink URLs of a Flink cluster's JobManagers with commas, or empty for the embedded one
 * @param parallelism subtasks of each of the job's operators; 0 for the cluster's default
 * @param topicPrefix put before every topic's name
 * @param clusterSecret file with the secret that the deployment's processes share
 * @param edgeToken file with the token of those who may upload and see balances; null for this
 *     machine only
 * @param pricing what pixels cost
 * @param maxSessions most sessions of this process's worker
 * @param slots segments transcoded at the same time
 * @param preset encoder preset
 * @param ffmpeg path of an ffmpeg binary to transcode with, or empty for libav in child processes
 * @param bind address that ports are bound to
 * @param ports where each part listens
 * @param admin where the admin port listens
 * @param adminToken file with the token that it asks for; null for loopback only
 * @param freshLedger begin with empty balances on topics that an earlier job wrote
 * @param upstream the orchestrator of the network that this process transcodes for; null for our
 *     job
 * @param wire where gateways of the network reach the orchestrator; null for nowhere
 * @param chain its place on the chain; null off chain
 */
public record NodeOptions(
        Path dataDir,
        Path storeDir,
        String kafka,
        String kafkaConfig,
        String flink,
        int parallelism,
        String topicPrefix,
        Path clusterSecret,
        @Nullable Path edgeToken,
        Pricing pricing,
        int maxSessions,
        int slots,
        String preset,
        String ffmpeg,
        String bind,
        Ports ports,
        InetSocketAddress admin,
        @Nullable Path adminToken,
        boolean freshLedger,
        @Nullable Upstream upstream,
        @Nullable WireAddress wire,
        @Nullable ChainAccess chain) {

    /**
     * @param kafka of the embedded broker
     * @param flink of the embedded cluster's web UI
     * @param http of the page and HLS
     * @param worker of the transcoder's gRPC service
     */
    public record Ports(int kafka, int flink, int http, int worker) {
        /** 9092, 8081, 9935 and 8936. */
        public static final Ports DEFAULT = new Ports(9092, 8081, 9935, 8936);
    }

    public NodeOptions {
        if (!flink.isEmpty()) {
            RemoteFlink.urls(flink);
        }
        if (parallelism < 0) {
            throw new IllegalArgumentException("-parallelism must be 0 or more");
        }
        if (maxSessions < 1 || slots < 1) {
            throw new IllegalArgumentException("-maxSessions and -slots must be 1 or more");
        }
    }

    /** The broker's address; the embedded one's when none is named. */
    public KafkaAddress address() {
        return new KafkaAddress(
                kafka.isEmpty() ? "127.0.0.1:" + ports.kafka() : kafka, topicPrefix, kafkaConfig);
    }

    /** The price that new sessions are quoted, wei per pixel. */
    public Fraction price() {
        return pricing.baseWei();
    }

    /** The secret, made on the first start of an embedded node. */
    public SecretFile secret() {
        return SecretFile.orCreate(clusterSecret);
    }

    /** The job that a Flink cluster is given: part of the distribution. */
    public Path jobJar() {
        return Path.of(System.getProperty("livepeer.home", "."), "jobs", "orchestrator-job.jar");
    }

    /** Arguments of the chain job, as its main wants them. */
    public String[] chainJobArguments(ChainAccess access) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka",
                                address().bootstrapServers(),
                                "--clusterSecret",
                                clusterSecret().toAbsolutePath().toString(),
                                "--ethUrl",
                                access.chain().ethUrl(),
                                "--ethController",
                                access.chain().controller(),
                                "--fromBlock",
                                Long.toString(access.chain().fromBlock()),
                                "--recipient",
                                access.recipientAddress()));
        addPlace(arguments);
        return arguments.toArray(new String[0]);
    }

    /** Arguments of the settlement job. */
    public String[] settlementJobArguments(ChainAccess access) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka",
                                address().bootstrapServers(),
                                "--clusterSecret",
                                clusterSecret().toAbsolutePath().toString(),
                                "--ethUrl",
                                access.chain().ethUrl(),
                                "--ethController",
                                access.chain().controller(),
                                "--ethKeystorePath",
                                access.keystore().toAbsolutePath().toString(),
                                "--ethPassword",
                                access.passphrase().toString(),
                                "--ethAcctAddr",
                                access.accountAddress(),
                                "--recipient",
                                access.recipientAddress(),
                                "--maxGasPrice",
                                access.settling().maxGasPrice().toString(),
                                "--reward",
                                Boolean.toString(access.settling().rewards()),
                                "--initializeRound",
                                Boolean.toString(access.settling().initializesRounds())));
        addPlace(arguments);
        return arguments.toArray(new String[0]);
    }

    private void addPlace(List<String> arguments) {
        if (!topicPrefix().isEmpty()) {
            arguments.addAll(List.of("--topicPrefix", topicPrefix()));
        }
        if (!kafkaConfig().isEmpty()) {
            arguments.addAll(List.of("--kafkaConfig", kafkaConfig()));
        }
    }

    /** Arguments of the orchestrator job, as its main wants them. */
    public String[] jobArguments() {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka",
                                address().bootstrapServers(),
                                "--clusterSecret",
                                clusterSecret().toAbsolutePath().toString(),
                                "--pricePerUnit",
                                price().toString()));
        addPlace(arguments);
        if (chain != null && !chain.maxOverdraft().isEmpty()) {
            arguments.addAll(List.of("--maxOverdraft", chain.maxOverdraft()));
        }
        if (freshLedger()) {
            arguments.add("--freshLedger");
        }
        return arguments.toArray(new String[0]);
    }
}
