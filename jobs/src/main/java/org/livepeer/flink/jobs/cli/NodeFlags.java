package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorTrust;
import org.livepeer.flink.jobs.node.ChainAccess;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.Role;
import org.livepeer.flink.jobs.node.Upstream;
import org.livepeer.flink.jobs.node.WireAddress;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Flags of a node, named as go-livepeer names them where it has them. */
final class NodeFlags {
    @Mixin Connection connection = new Connection();

    @Mixin ChainFlags chain = new ChainFlags();

    @Option(
            names = {"-flink", "--flink"},
            paramLabel = "URL[,URL]",
            defaultValue = "",
            description = "REST addresses of a real Flink cluster instead of the embedded one")
    String flink = "";

    @Option(
            names = {"-parallelism", "--parallelism"},
            defaultValue = "0",
            description = "subtasks of the job's operators (default: the cluster's, embedded 1)")
    int parallelism;

    @Mixin PriceFlags prices = new PriceFlags();

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
            description =
                    "where gateways of the network reach the orchestrator (default: nowhere;"
                            + " quickstart 127.0.0.1:8935); with -transcoder alone, where the worker"
                            + " is reached (default: 127.0.0.1:8935)")
    @Nullable String serviceAddr;

    @Option(
            names = {"-httpAddr", "--httpAddr"},
            paramLabel = "[http[s]://]HOST:PORT",
            description = "listen there for gateways instead of at -serviceAddr; http: without TLS")
    @Nullable String httpAddr;

    @Option(
            names = {"-workerAddr", "--workerAddr"},
            paramLabel = "HOST:PORT",
            description =
                    "where the worker beside an orchestrator is reached (default: 127.0.0.1:8936)")
    @Nullable String workerAddr;

    @Option(
            names = {"-nodes", "--nodes"},
            paramLabel = "URI[,URI]",
            defaultValue = "",
            description = "other orchestrators that gateways may ask")
    String nodes = "";

    @Option(
            names = {"-authWebhookUrl", "--authWebhookUrl"},
            paramLabel = "URL",
            description = "ask there whether a sender is served, and at which price")
    @Nullable String authWebhookUrl;

    @Option(
            names = {"-authTokenValidity", "--authTokenValidity"},
            paramLabel = "TIME",
            defaultValue = "30m",
            description = "time after which gateways need a new session, as 30m or 240s")
    String authTokenValidity = "30m";

    @Option(
            names = {"-transcoderSecret", "--transcoderSecret"},
            paramLabel = "SECRET|FILE",
            description =
                    "take transcoders of go-livepeer as workers that show this as their -orchSecret"
                            + " (default: none is taken)")
    @Nullable String transcoderSecret;

    @Option(
            names = {"-objectStore", "--objectStore"},
            paramLabel = "URL|FILE",
            description =
                    "write renditions there and send gateways there for them:"
                            + " s3://KEY:SECRET@REGION/BUCKET[/PREFIX], s3+https:// or"
                            + " s3+http://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX], or a file with it,"
                            + " which keeps it out of the list of processes (default: gateways come to"
                            + " -serviceAddr)")
    @Nullable String objectStore;

    @Option(
            names = {"-orchAddr", "--orchAddr"},
            paramLabel = "HOST[:PORT]",
            description = "transcode for this orchestrator of the network, not for our own job")
    @Nullable String orchAddr;

    @Option(
            names = {"-orchCert", "--orchCert"},
            paramLabel = "FILE|system",
            description =
                    "certificates (PEM) that the orchestrator must show, or those that this system"
                            + " trusts (default: any, as go-livepeer's make themselves new ones)")
    @Nullable String orchCert;

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
            names = {"-storeDir", "--storeDir"},
            paramLabel = "DIR",
            description =
                    "directory that edges and workers share for large segments (default:"
                            + " DATADIR/store)")
    @Nullable Path storeDir;

    @Option(
            names = {"-cliAddr", "--cliAddr"},
            paramLabel = "[HOST:]PORT",
            defaultValue = "127.0.0.1:7935",
            description = "admin port: /status, /metrics, /healthz, /readyz")
    String cliAddr = "";

    @Option(
            names = {"-adminToken", "--adminToken"},
            paramLabel = "FILE",
            description = "token for the admin port, which then may bind elsewhere than loopback")
    @Nullable Path adminToken;

    @Option(
            names = {"-edgeToken", "--edgeToken"},
            paramLabel = "FILE",
            description =
                    "file with the token that uploads and questions about balances must show"
                            + " (default: only this machine may)")
    @Nullable Path edgeToken;

    /**
     * @param roles what the process does: they decide whose address -serviceAddr is
     */
    NodeOptions options(Set<Role> roles) throws IOException {
        if (transcoderSecret != null && serviceAddr == null) {
            throw new IllegalArgumentException(
                    "-transcoderSecret needs -serviceAddr HOST:PORT, where the transcoders register");
        }
        if (objectStore != null && serviceAddr == null) {
            throw new IllegalArgumentException(
                    "-objectStore needs -serviceAddr HOST:PORT, where gateways reach the orchestrator");
        }
        boolean faces = roles.contains(Role.ORCHESTRATOR) || roles.contains(Role.EDGE);
        WireAddress wire =
                faces && serviceAddr != null
                        ? WireAddress.of(
                                serviceAddr,
                                httpAddr,
                                tokenTime(),
                                nodeUris(),
                                authWebhookUrl,
                                transcoders(),
                                objectStore())
                        : null;
        InetSocketAddress service =
                faces
                        ? address("-workerAddr", workerAddr == null ? bind + ":8936" : workerAddr)
                        : address(
                                "-serviceAddr", serviceAddr == null ? bind + ":8935" : serviceAddr);
        Path dataDir = connection.dataDir.toAbsolutePath();
        ChainAccess access = chain.access(dataDir);
        return new NodeOptions(
                dataDir,
                storeDir == null ? dataDir.resolve("store") : storeDir.toAbsolutePath(),
                connection.kafka,
                connection.configFile(),
                flink,
                parallelism,
                connection.topicPrefix,
                orchAddr == null ? connection.secretPath() : dataDir.resolve("cluster.secret"),
                edgeToken,
                prices.pricing(access),
                maxSessions,
                slots,
                preset,
                ffmpeg,
                service.getHostString(),
                new NodeOptions.Ports(kafkaPort, flinkPort, httpPort, service.getPort()),
                address("-cliAddr", cliAddr.contains(":") ? cliAddr : "127.0.0.1:" + cliAddr),
                adminToken,
                freshLedger,
                upstream(),
                wire,
                access);
    }

    /** Where gateways come when no other address is given. */
    void serveGatewaysAt(String address) {
        if (serviceAddr == null) {
            serviceAddr = address;
        }
    }

    /** Where gateways come; empty for nowhere. */
    String serviceAddr() {
        return serviceAddr == null ? "" : serviceAddr;
    }

    /** Asks for so much where no price is given, wei of a pixel. */
    void askAtLeast(String price) {
        if (prices.pricePerUnit.equals("0")) {
            prices.pricePerUnit = price;
        }
    }

    private Duration tokenTime() {
        if (authTokenValidity.matches("[1-9]\\d{0,6}[sm]")) {
            long number =
                    Long.parseLong(authTokenValidity.substring(0, authTokenValidity.length() - 1));
            return authTokenValidity.endsWith("m")
                    ? Duration.ofMinutes(number)
                    : Duration.ofSeconds(number);
        }
        throw new IllegalArgumentException(
                "-authTokenValidity " + authTokenValidity + " must be a time such as 30m or 240s");
    }

    private @Nullable OrchSecret transcoders() throws IOException {
        return transcoderSecret == null
                ? null
                : OrchSecret.read("-transcoderSecret", transcoderSecret);
    }

    private @Nullable ObjectStoreUrl objectStore() throws IOException {
        return objectStore == null ? null : ObjectStoreUrl.read("-objectStore", objectStore);
    }

    private List<String> nodeUris() {
        return nodes.isEmpty() ? List.of() : List.of(nodes.split(","));
    }

    private @Nullable Upstream upstream() throws IOException {
        if (orchAddr == null) {
            if (orchCert != null) {
                throw new IllegalArgumentException("-orchCert goes with -orchAddr");
            }
            return null;
        }
        if (connection.secret == null) {
            throw new IllegalArgumentException(
                    "-orchAddr needs -orchSecret: what the orchestrator shares with its"
                            + " transcoders, or a file with it");
        }
        String bare = orchAddr.replaceFirst("^https://", "").replaceFirst("/$", "");
        return new Upstream(
                address("-orchAddr", bare.contains(":") ? bare : bare + ":8935"),
                OrchSecret.read("-orchSecret", connection.secret),
                trust());
    }

    private OrchestratorTrust trust() throws IOException {
        if (orchCert == null) {
            return OrchestratorTrust.any();
        }
        return orchCert.equals("system")
                ? OrchestratorTrust.system()
                : OrchestratorTrust.pinned(Path.of(orchCert));
    }

    /** The same, for a job on a real cluster. */
    NodeOptions remoteOptions() throws IOException {
        NodeOptions options = options(Set.of());
        if (options.flink().isEmpty() || options.kafka().isEmpty()) {
            throw new IllegalArgumentException(
                    "name the cluster and the broker: -flink URL -kafka HOST:PORT");
        }
        return options;
    }

    static InetSocketAddress address(String flag, String text) {
        if (text.matches("[^:\\s]+:\\d{1,5}")) {
            String[] parts = text.split(":");
            int port = Integer.parseInt(parts[1]);
            if (port <= 65_535) {
                return InetSocketAddress.createUnresolved(parts[0], port);
            }
        }
        throw new IllegalArgumentException(flag + " " + text + " must be HOST:PORT");
    }
}
