package org.livepeer.flink.jobs.benchmark;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.livepeer.flink.connectors.edge.EdgeOptions;
import org.livepeer.flink.connectors.edge.EdgeServer;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorServer;
import org.livepeer.flink.connectors.edge.orchestrator.OrchestratorWire;
import org.livepeer.flink.connectors.edge.orchestrator.WireLimits;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.client.WorkerBeatProducer;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.connectors.transcoder.registered.RegisteredOptions;
import org.livepeer.flink.connectors.transcoder.registered.RegisteredTranscoders;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.worker.WorkerNode;
import org.livepeer.flink.connectors.transcoder.worker.WorkerOptions;
import org.livepeer.flink.jobs.Nodes;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.operators.money.Fraction;

/**
 * Our orchestrator off chain in this process, all of it: broker, Flink with flink-conf/config.yaml,
 * the job, an edge whose port takes gateways and transcoders.
 */
final class WireOrchestrator implements AutoCloseable {
    private final Path folder;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
    private final SecretFile secret;
    private final SharedDirectoryStore store;
    private final KafkaAddress kafka;
    private final WorkerBeatProducer beats;
    private final JobClient job;
    private final OrchestratorServer server;
    private final PreparedEngine registered;

    /**
     * @param transcoders what they must show to be taken
     * @param registered the engine of the one that registers; says which segment is under way
     */
    WireOrchestrator(Path folder, OrchSecret transcoders, PreparedEngine registered)
            throws Exception {
        this.folder = folder;
        this.registered = registered;
        // A machine that others use too must not fence the only broker.
        EmbeddedKafka broker =
                EmbeddedKafka.start(
                        folder.resolve("kafka"), 0, Map.of("broker.session.timeout.ms", "60000"));
        parts.push(broker);
        kafka = new KafkaAddress(broker.bootstrapServers(), "");
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.create(1, 1);
        }
        secret = SecretFile.orCreate(folder.resolve("cluster.secret"));
        store = new SharedDirectoryStore(StoreOptions.of(folder.resolve("store")));
        beats = new WorkerBeatProducer(kafka, secret.secret());
        parts.push(beats);
        MiniClusterWithClientResource flink = EndToEndBenchmark.cluster(folder, metrics);
        flink.before();
        parts.push(flink::after);
        job =
                EndToEndBenchmark.started(
                        EndToEndBenchmark.orchestrator(folder, kafka), "orchestrator");
        parts.push(() -> job.cancel().get(30, TimeUnit.SECONDS));
        EdgeServer edge = edge();
        server = port(edge, transcoders);
        while (!edge.waitingFor().isEmpty() || !server.waitingFor().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private EdgeServer edge() {
        EdgeServer edge =
                new EdgeServer(
                        EdgeOptions.of(kafka, folder.resolve("edge"))
                                .withSecret(secret.secret())
                                .withBind(new InetSocketAddress("127.0.0.1", 0)),
                        store);
        parts.push(edge);
        edge.start();
        return edge;
    }

    private OrchestratorServer port(EdgeServer edge, OrchSecret transcoders) {
        int port = Nodes.port();
        String uri = "https://127.0.0.1:" + port;
        RegisteredTranscoders desk =
                new RegisteredTranscoders(
                        new RegisteredOptions(
                                transcoders,
                                uri,
                                "127.0.0.1",
                                folder.resolve("transcoders"),
                                store,
                                secret.secret(),
                                beats,
                                () ->
                                        edge.tables().workers(System.currentTimeMillis()).stream()
                                                .map(Tables.Beat::heartbeat)
                                                .toList(),
                                new SimpleMeterRegistry()));
        OrchestratorServer wire =
                new OrchestratorServer(
                        new OrchestratorWire(
                                URI.create(uri),
                                new InetSocketAddress("127.0.0.1", port),
                                true,
                                folder.resolve("wire"),
                                kafka,
                                secret.secret(),
                                Fraction.ZERO,
                                OrchestratorWire.TOKEN_TIME,
                                List.of(),
                                WireLimits.DEFAULT,
                                null,
                                null,
                                null),
                        edge.tables(),
                        store,
                        new SimpleMeterRegistry(),
                        List.of(desk.registrations()),
                        stamping(desk.routes()));
        parts.push(wire);
        parts.push(desk);
        wire.start();
        return wire;
    }

    /** Stamps when a transcoder asks for a source, and when its post begins and has come in. */
    private Map<String, HttpService> stamping(Map<String, HttpService> routes) {
        Map<String, HttpService> stamped = new HashMap<>();
        routes.forEach((path, service) -> stamped.put(path, service.decorate(this::serveStamped)));
        return stamped;
    }

    private HttpResponse serveStamped(
            HttpService service, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        boolean post = request.method() == HttpMethod.POST;
        String key = registered.key();
        Stamps.stamp(key, post ? Point.POSTED : Point.ASKED);
        if (post) {
            request.whenComplete().thenRun(() -> Stamps.stamp(key, Point.RECEIVED));
        }
        return service.serve(ctx, request);
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", server.port());
    }

    KafkaAddress kafka() {
        return kafka;
    }

    /** One of our own workers; the caller closes it. */
    WorkerNode worker(PreparedEngine engine) throws IOException {
        return WorkerNode.start(
                WorkerOptions.builder(engine, secret.secret(), folder.resolve("worker"))
                        .slots(4)
                        .maxSessions(4)
                        .capabilities(List.of("decode:h264", "encode:h264", "format:mpegts"))
                        .capacityPixelsPerSecond(1L << 40)
                        .store(store)
                        .heartbeats(beats)
                        .build());
    }

    /** Median of the newest 1000 values of a histogram of an operator, ms. */
    double medianMs(String operator) {
        return metrics
                .findMetrics(job.getJobID(), ".*" + operator + ".*reachedMs")
                .values()
                .stream()
                .map(metric -> ((Histogram) metric).getStatistics().getQuantile(0.5))
                .filter(median -> median > 0)
                .findFirst()
                .orElse(Double.NaN);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            part.close();
        }
    }
}
