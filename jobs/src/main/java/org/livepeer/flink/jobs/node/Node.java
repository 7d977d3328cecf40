package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.EdgeOptions;
import org.livepeer.flink.connectors.edge.EdgeServer;
import org.livepeer.flink.connectors.edge.admin.AdminServer;
import org.livepeer.flink.connectors.edge.admin.NodeView;
import org.livepeer.flink.connectors.edge.admin.ProcessStatus;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorWire;
import org.livepeer.flink.connectors.edge.orchestrator.WireLimits;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.connectors.transcoder.registered.RegisteredOptions;
import org.livepeer.flink.connectors.transcoder.registered.RegisteredTranscoders;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneTranscoder;
import org.livepeer.flink.jobs.chain.ChainJobOptions;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.jobs.orchestrator.OrchestratorOptions;
import org.livepeer.flink.jobs.orchestrator.Version;
import org.livepeer.flink.jobs.settlement.SettlementJobOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roles and embedded parts of one process: broker, job, worker, edge. Started in the order in which
 * they need each other, closed in the opposite one.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration STORED_FOR = Duration.ofHours(25);

    private final NodeOptions options;
    private final long startedAtMs = System.currentTimeMillis();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, String> told = new ConcurrentHashMap<>();
    private volatile CompletableFuture<?> ended = new CompletableFuture<>();
    private volatile Supplier<String> waiting = () -> "";
    private volatile @Nullable NodeView view;
    private volatile boolean started;
    private volatile boolean closing;

    private Node(NodeOptions options) {
        this.options = options;
    }

    /** Starts the roles, and the embedded parts that they need. */
    public static Node start(NodeOptions options, Set<Role> roles) throws Exception {
        return start(options, roles, () -> {});
    }

    /**
     * The same.
     *
     * @param whenTopicsExist run as soon as pushes can be taken, while the rest still starts
     */
    public static Node start(NodeOptions options, Set<Role> roles, Step whenTopicsExist)
            throws Exception {
        Node node = new Node(options);
        try {
            node.startParts(roles, whenTopicsExist);
            return node;
        } catch (Exception | Error e) {
            node.close();
            throw e;
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    private void startParts(Set<Role> roles, Step whenTopicsExist) throws Exception {
        Upstream upstream = options.upstream();
        if (upstream != null) {
            startStandalone(upstream, roles);
            return;
        }
        boolean orchestrator = roles.contains(Role.ORCHESTRATOR);
        if (options.kafka().isEmpty() && !orchestrator) {
            throw new IllegalArgumentException(
                    "without -orchestrator a node needs -kafka HOST:PORT of the deployment that it"
                            + " works for");
        }
        ChainAccess access = options.chain();
        if (access != null) {
            access.check();
        }
        DataDir dataDir = startProcess();
        options.secret();
        SharedDirectoryStore store = new SharedDirectoryStore(StoreOptions.of(options.storeDir()));
        if (options.kafka().isEmpty()) {
            opened(EmbeddedKafka.start(dataDir.resolve("kafka"), options.ports().kafka()));
        }
        told.put("kafka", options.address().bootstrapServers());
        try (TopicAdmin admin = new TopicAdmin(options.address())) {
            if (orchestrator) {
                admin.create(1, 1).forEach(line -> LOG.info("topic {}", line));
            }
        }
        whenTopicsExist.run();
        CompletableFuture<TranscoderRole> worker =
                roles.contains(Role.TRANSCODER)
                        ? CompletableFuture.supplyAsync(() -> startWorker(store))
                        : CompletableFuture.completedFuture(null);
        try {
            if (roles.contains(Role.EDGE)) {
                startEdge(dataDir, store, orchestrator);
            }
            if (orchestrator) {
                startJob(dataDir);
            }
        } finally {
            TranscoderRole transcoder = join(worker);
            if (transcoder != null) {
                opened(transcoder);
                told.put("transcoder", transcoder.workerId() + " port " + transcoder.port());
            }
        }
        started = true;
    }

    /** What every process has: its folder, its admin port. */
    private DataDir startProcess() throws IOException {
        DataDir dataDir = opened(DataDir.take(options.dataDir()));
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        opened(
                AdminServer.start(
                        options.admin(),
                        options.adminToken(),
                        this::status,
                        meters,
                        () -> Optional.ofNullable(view),
                        Verbosity.PROCESS));
        return dataDir;
    }

    private void startStandalone(Upstream upstream, Set<Role> roles)
            throws IOException, InterruptedException {
        boolean alone = roles.equals(Set.of(Role.TRANSCODER));
        if (!alone || !options.kafka().isEmpty() || !options.flink().isEmpty()) {
            throw new IllegalArgumentException(
                    "-orchAddr has a transcoder work for that orchestrator: give it with"
                            + " -transcoder alone, without -kafka and -flink");
        }
        startProcess();
        StandaloneTranscoder transcoder = opened(StandaloneRole.start(options, upstream, meters));
        waiting =
                () -> transcoder.isRegistered() ? "" : "the orchestrator at " + upstream.address();
        ended = transcoder.ended();
        told.put("transcoder", "for the orchestrator at " + upstream.address());
        started = true;
    }

    private ProcessStatus status() {
        String waitingFor = started ? waiting.get() : "its parts to start";
        return new ProcessStatus(Version.VERSION, startedAtMs, told, waitingFor);
    }

    private TranscoderRole startWorker(SharedDirectoryStore store) {
        try {
            return TranscoderRole.start(options, store, meters);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static @Nullable TranscoderRole join(CompletableFuture<TranscoderRole> worker)
            throws Exception {
        try {
            return worker.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private void startEdge(DataDir dataDir, SharedDirectoryStore store, boolean keepsPrices) {
        EdgeServer server =
                opened(
                        new EdgeServer(
                                EdgeOptions.of(options.address(), dataDir.resolve("edge"))
                                        .withSecret(options.secret().secret())
                                        .withTokenFile(options.edgeToken())
                                        .withMeters(meters)
                                        .withBind(
                                                new InetSocketAddress(
                                                        options.bind(), options.ports().http())),
                                store));
        server.start();
        Deployment deployment = new Deployment(options, server.tables(), meters);
        PriceKeeper keeper = opened(deployment.keeper());
        if (keepsPrices) {
            keeper.start(server::waitingFor);
        }
        view = deployment;
        waiting = server::waitingFor;
        told.put("edge", options.bind() + ":" + server.port());
        WireAddress wire = options.wire();
        if (wire != null) {
            startWire(wire, server, dataDir, store).chain().ifPresent(deployment::follow);
        }
        // What a topic may still name is kept; every edge tidies up, whichever comes first.
        ScheduledExecutorService tidy = Executors.newSingleThreadScheduledExecutor();
        tidy.scheduleWithFixedDelay(() -> collect(store), 1, 60, TimeUnit.MINUTES);
        opened(tidy::shutdownNow);
    }

    private OrchestratorServer startWire(
            WireAddress address, EdgeServer edge, DataDir dataDir, SharedDirectoryStore store) {
        OrchSecret secret = address.transcoders();
        RegisteredTranscoders transcoders =
                secret == null ? null : transcoders(secret, address, edge, dataDir, store);
        OrchestratorServer server =
                opened(
                        new OrchestratorServer(
                                new OrchestratorWire(
                                        address.serviceUri(),
                                        address.bind(),
                                        address.tls(),
                                        dataDir.resolve("wire"),
                                        options.address(),
                                        options.secret().secret(),
                                        options.price(),
                                        address.tokenTime(),
                                        address.nodes(),
                                        WireLimits.DEFAULT,
                                        address.authWebhook(),
                                        options.chain() == null ? null : options.chain().tickets(),
                                        address.objectStore()),
                                edge.tables(),
                                store,
                                meters,
                                transcoders == null
                                        ? List.of()
                                        : List.of(transcoders.registrations()),
                                transcoders == null ? Map.of() : transcoders.routes()));
        if (transcoders != null) {
            // Closed before the port: they hand in what they work on.
            opened(transcoders);
        }
        server.start();
        waiting = () -> server.waitingFor().isEmpty() ? edge.waitingFor() : server.waitingFor();
        told.put("wire", server.serviceUri());
        ObjectStoreUrl objects = address.objectStore();
        if (objects != null) {
            told.put("objectStore", objects.place());
        }
        return server;
    }

    private RegisteredTranscoders transcoders(
            OrchSecret secret,
            WireAddress address,
            EdgeServer edge,
            DataDir dataDir,
            SharedDirectoryStore store) {
        ClusterSecret cluster = options.secret().secret();
        WorkerBeatProducer beats = opened(new WorkerBeatProducer(options.address(), cluster));
        return new RegisteredTranscoders(
                new RegisteredOptions(
                        secret,
                        address.ownUri(options.bind()),
                        options.bind(),
                        dataDir.resolve("transcoders"),
                        store,
                        cluster,
                        beats,
                        () ->
                                edge.tables().workers(System.currentTimeMillis()).stream()
                                        .map(Tables.Beat::heartbeat)
                                        .toList(),
                        meters));
    }

    private static void collect(SharedDirectoryStore store) {
        try {
            int gone = store.collect(STORED_FOR);
            LOG.info("store collected objects={}", gone);
        } catch (IOException | RuntimeException e) {
            LOG.warn("store not collected, tried again in an hour cause={}", e.toString());
        }
    }

    private void startJob(DataDir dataDir) throws Exception {
        if (options.flink().isEmpty()) {
            EmbeddedFlink flink =
                    opened(
                            EmbeddedFlink.start(
                                    OrchestratorOptions.fromArgs(options.jobArguments()),
                                    chainJob(),
                                    settlementJob(),
                                    dataDir,
                                    options.ports().flink(),
                                    Math.max(1, options.parallelism())));
            ended = flink.ended();
            told.put("job", "embedded, http://127.0.0.1:" + options.ports().flink());
            return;
        }
        RemoteFlink remote = new RemoteFlink(options.flink());
        String name = OrchestratorJob.name(options.topicPrefix());
        Optional<String> running = remote.running(name);
        String job =
                running.isPresent()
                        ? running.get()
                        : remote.run(
                                remote.upload(options.jobJar()),
                                options.parallelism(),
                                null,
                                options.jobArguments());
        remote.awaitRunning(job);
        LOG.info("job {} job={}", running.isPresent() ? "found running" : "submitted", job);
        told.put("job", job + " at " + options.flink());
        new ChainJobs(options, remote)
                .start()
                .forEach((other, id) -> told.put(other + " job", id + " at " + options.flink()));
    }

    /** Null off chain. */
    private @Nullable ChainJobOptions chainJob() {
        ChainAccess access = options.chain();
        return access == null ? null : ChainJobOptions.fromArgs(options.chainJobArguments(access));
    }

    /** Null off chain, and where another node settles. */
    private @Nullable SettlementJobOptions settlementJob() {
        ChainAccess access = options.chain();
        return access == null || !access.settling().settles()
                ? null
                : SettlementJobOptions.fromArgs(options.settlementJobArguments(access));
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /** Completes, exceptionally, when the embedded job or a standalone transcoder ended. */
    public CompletableFuture<?> ended() {
        return ended;
    }

    /**
     * Waits until the node is closed.
     *
     * @throws IllegalStateException when the embedded job or a standalone transcoder ended by
     *     itself, with its reason
     */
    public void awaitEnd() throws InterruptedException {
        try {
            ended.get();
        } catch (ExecutionException e) {
            if (!closing) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                String part = options.upstream() == null ? "the orchestrator job ended: " : "";
                throw new IllegalStateException(part + cause.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn(
                        "part not closed part={} cause={}",
                        part.getClass().getSimpleName(),
                        e.toString());
            }
        }
    }
}
