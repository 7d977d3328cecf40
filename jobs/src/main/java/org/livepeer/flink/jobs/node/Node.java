package org.livepeer.flink.jobs.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.livepeer.flink.connectors.edge.EdgeOptions;
import org.livepeer.flink.connectors.edge.EdgeServer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.jobs.orchestrator.OrchestratorOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roles and embedded parts of one process: broker, job, worker, edge. Started in the order in which
 * they need each other, closed in the opposite one.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final NodeOptions options;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private CompletableFuture<?> ended = new CompletableFuture<>();
    private volatile boolean closing;

    private Node(NodeOptions options) {
        this.options = options;
    }

    /**
     * Starts what the flags ask for.
     *
     * @param orchestrator run the orchestrator job and the edge
     * @param transcoder run a worker
     */
    public static Node start(NodeOptions options, boolean orchestrator, boolean transcoder)
            throws Exception {
        return start(options, orchestrator, transcoder, () -> {});
    }

    /**
     * The same.
     *
     * @param whenTopicsExist run as soon as pushes can be taken, while the rest still starts
     */
    public static Node start(
            NodeOptions options, boolean orchestrator, boolean transcoder, Step whenTopicsExist)
            throws Exception {
        Node node = new Node(options);
        try {
            node.startParts(orchestrator, transcoder, whenTopicsExist);
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

    private void startParts(boolean orchestrator, boolean transcoder, Step whenTopicsExist)
            throws Exception {
        DataDir dataDir = opened(DataDir.take(options.dataDir()));
        options.secret();
        SharedDirectoryStore store =
                new SharedDirectoryStore(StoreOptions.of(dataDir.resolve("store")));
        if (options.kafka().isEmpty()) {
            if (!orchestrator) {
                throw new IllegalArgumentException(
                        "a transcoder alone needs -kafka HOST:PORT of the deployment it works for");
            }
            opened(EmbeddedKafka.start(dataDir.resolve("kafka"), options.ports().kafka()));
        }
        KafkaAddress address = options.address();
        try (TopicAdmin admin = new TopicAdmin(address)) {
            if (orchestrator) {
                admin.create(1, 1).forEach(line -> LOG.info("topics {}", line));
            }
        }
        whenTopicsExist.run();
        CompletableFuture<TranscoderRole> worker =
                transcoder
                        ? CompletableFuture.supplyAsync(() -> startWorker(store))
                        : CompletableFuture.completedFuture(null);
        try {
            if (orchestrator) {
                startOrchestrator(dataDir, store);
            }
        } finally {
            TranscoderRole started = join(worker);
            if (started != null) {
                opened(started);
            }
        }
    }

    private TranscoderRole startWorker(SharedDirectoryStore store) {
        try {
            return TranscoderRole.start(options, store);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static @org.jspecify.annotations.Nullable TranscoderRole join(
            CompletableFuture<TranscoderRole> worker) throws Exception {
        try {
            return worker.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private void startOrchestrator(DataDir dataDir, SharedDirectoryStore store) throws Exception {
        EdgeServer edge =
                opened(
                        new EdgeServer(
                                EdgeOptions.of(options.address(), dataDir.resolve("edge"))
                                        .withSecret(options.secret().secret())
                                        .withBind(
                                                new InetSocketAddress(
                                                        options.bind(), options.ports().http())),
                                store));
        edge.start();
        if (options.flink().isEmpty()) {
            EmbeddedFlink flink =
                    opened(
                            EmbeddedFlink.start(
                                    OrchestratorOptions.fromArgs(jobArguments()),
                                    dataDir,
                                    options.ports().flink(),
                                    1));
            ended = flink.ended();
        } else {
            RemoteFlink remote = new RemoteFlink(URI.create(options.flink()));
            String job = remote.submit(jobJar(), jobArguments());
            LOG.info("job submitted id={} flink={}", job, options.flink());
        }
    }

    private String[] jobArguments() {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka",
                                options.address().bootstrapServers(),
                                "--clusterSecret",
                                options.clusterSecret().toAbsolutePath().toString(),
                                "--pricePerUnit",
                                options.pricePerUnit(),
                                "--pixelsPerUnit",
                                options.pixelsPerUnit()));
        if (!options.topicPrefix().isEmpty()) {
            arguments.addAll(List.of("--topicPrefix", options.topicPrefix()));
        }
        if (options.freshLedger()) {
            arguments.add("--freshLedger");
        }
        return arguments.toArray(new String[0]);
    }

    private static Path jobJar() {
        return Path.of(System.getProperty("livepeer.home", "."), "jobs", "orchestrator-job.jar");
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /** Completes, exceptionally, when the embedded job ended. */
    public CompletableFuture<?> ended() {
        return ended;
    }

    /**
     * Waits until the node is closed.
     *
     * @throws IllegalStateException when the embedded job ended by itself, with its reason
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
                throw new IllegalStateException(
                        "the orchestrator job ended: " + cause.getMessage(), e);
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
                LOG.warn("part={} did not close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
