package org.livepeer.flink.jobs.cli;

import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.jobs.node.NodeOptions;
import picocli.CommandLine.Option;

/** Flags of a node, named as go-livepeer names them where it has them. */
final class NodeFlags {
    @Option(
            names = {"-dataDir", "--dataDir", "-datadir", "--datadir"},
            paramLabel = "DIR",
            defaultValue = "${sys:user.home}/.livepeer-flink",
            description = "keeps what must outlive the process (default: ${DEFAULT-VALUE})")
    Path dataDir = Path.of("");

    @Option(
            names = {"-kafka", "--kafka"},
            paramLabel = "HOST:PORT",
            defaultValue = "",
            description = "a real broker instead of the embedded one")
    String kafka = "";

    @Option(
            names = {"-flink", "--flink"},
            paramLabel = "URL",
            defaultValue = "",
            description = "a real Flink cluster's REST address instead of the embedded one")
    String flink = "";

    @Option(
            names = {"-topicPrefix", "--topicPrefix"},
            defaultValue = "",
            description = "put before every topic's name")
    String topicPrefix = "";

    @Option(
            names = {"-orchSecret", "--orchSecret", "-clusterSecret", "--clusterSecret"},
            paramLabel = "FILE",
            description = "file with the secret that the processes share")
    @Nullable Path clusterSecret;

    @Option(
            names = {"-network", "--network"},
            defaultValue = "offchain",
            description = "offchain is what this version runs")
    String network = "offchain";

    @Option(
            names = {"-pricePerUnit", "--pricePerUnit"},
            defaultValue = "0",
            description = "wei for pixelsPerUnit pixels (default: 0, everybody is served)")
    String pricePerUnit = "0";

    @Option(
            names = {"-pixelsPerUnit", "--pixelsPerUnit"},
            defaultValue = "1",
            description = "pixels that pricePerUnit pays for")
    String pixelsPerUnit = "1";

    @Option(
            names = {"-maxSessions", "--maxSessions"},
            defaultValue = "10",
            description = "most sessions of the worker (default: ${DEFAULT-VALUE})")
    int maxSessions = 10;

    @Option(
            names = {"-slots", "--slots"},
            description = "segments transcoded at the same time (default: one per core)")
    int slots = Runtime.getRuntime().availableProcessors();

    @Option(
            names = {"-preset", "--preset"},
            defaultValue = LibavOptions.DEFAULT_PRESET,
            description = "encoder preset (default: ${DEFAULT-VALUE})")
    String preset = LibavOptions.DEFAULT_PRESET;

    @Option(
            names = {"-ffmpeg", "--ffmpeg"},
            paramLabel = "BINARY",
            defaultValue = "",
            description = "transcode with this ffmpeg binary instead of the built-in libraries")
    String ffmpeg = "";

    @Option(
            names = {"-bind", "--bind"},
            defaultValue = "127.0.0.1",
            description = "address that ports are bound to (default: loopback)")
    String bind = "127.0.0.1";

    @Option(
            names = {"-serviceAddr", "--serviceAddr"},
            paramLabel = "HOST:PORT",
            description = "where workers of this process are reached (default: 127.0.0.1:8935)")
    @Nullable String serviceAddr;

    @Option(
            names = {"-httpPort", "--httpPort"},
            defaultValue = "9935",
            description = "page and HLS (default: ${DEFAULT-VALUE})")
    int httpPort = 9935;

    @Option(
            names = {"-kafkaPort", "--kafkaPort"},
            defaultValue = "9092",
            description = "the embedded broker (default: ${DEFAULT-VALUE})")
    int kafkaPort = 9092;

    @Option(
            names = {"-flinkPort", "--flinkPort"},
            defaultValue = "8081",
            description = "the embedded cluster's web UI (default: ${DEFAULT-VALUE})")
    int flinkPort = 8081;

    @Option(
            names = {"-freshLedger", "--freshLedger"},
            description = "begin with empty balances on topics that an earlier job wrote")
    boolean freshLedger;

    @Option(
            names = {"-v", "--v"},
            defaultValue = "3",
            description = "how much is logged, 0 (nothing) to 6 (everything)")
    int verbosity = 3;

    NodeOptions options() {
        if (!network.equals("offchain")) {
            throw new IllegalArgumentException(
                    "-network " + network + " is not supported by this version: use offchain");
        }
        Configurator.setRootLevel(
                switch (Math.max(0, Math.min(6, verbosity))) {
                    case 0 -> Level.OFF;
                    case 1, 2 -> Level.ERROR;
                    case 3 -> Level.WARN;
                    case 4, 5 -> Level.INFO;
                    default -> Level.DEBUG;
                });
        String address = serviceAddr == null ? bind + ":8935" : serviceAddr;
        if (!address.matches("[^:\\s]+:\\d{1,5}")) {
            throw new IllegalArgumentException("-serviceAddr " + address + " must be HOST:PORT");
        }
        String[] parts = address.split(":");
        Path secret = clusterSecret == null ? dataDir.resolve("cluster.secret") : clusterSecret;
        return new NodeOptions(
                dataDir.toAbsolutePath(),
                kafka,
                flink,
                topicPrefix,
                secret,
                pricePerUnit,
                pixelsPerUnit,
                maxSessions,
                slots,
                preset,
                ffmpeg,
                parts[0],
                new NodeOptions.Ports(kafkaPort, flinkPort, httpPort, Integer.parseInt(parts[1])),
                freshLedger);
    }
}
