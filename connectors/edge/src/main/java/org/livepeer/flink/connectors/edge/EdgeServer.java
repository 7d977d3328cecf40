package org.livepeer.flink.connectors.edge;

import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.livepeer.flink.connectors.edge.api.ApiService;
import org.livepeer.flink.connectors.edge.feed.AnswerReader;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.feed.TopicTail;
import org.livepeer.flink.connectors.edge.feed.TopicTail.Start;
import org.livepeer.flink.connectors.edge.history.HistoryReader;
import org.livepeer.flink.connectors.edge.http.PageAssets;
import org.livepeer.flink.connectors.edge.http.PlaybackService;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.edge.playback.Arrival;
import org.livepeer.flink.connectors.edge.playback.MediaCache;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.connectors.edge.upload.Gate;
import org.livepeer.flink.connectors.edge.upload.UploadService;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.log.Repeats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge: HTTP in front, Kafka behind. It keeps nothing that must survive; any number of them may
 * run beside each other, each with a data folder of its own.
 */
public final class EdgeServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final Duration REQUEST_TIME = Duration.ofMinutes(2);
    private static final Duration IDLE_TIME = Duration.ofSeconds(75);
    private static final long TICK_MS = 200;

    private final EdgeOptions options;
    private final StreamCatalog catalog;
    private final Tables tables;
    private final TopicTail answers;
    private final TopicTail rows;
    private final HistoryReader history;
    private final Server server;
    private final ScheduledExecutorService ticker;

    /**
     * Prepares an edge: reads its token and clears its folder, opens no port and no connection.
     *
     * @param store where uploads go and large renditions come from
     * @throws IllegalArgumentException when the token file is of no use
     */
    public EdgeServer(EdgeOptions options, SegmentStore store) {
        this.options = options;
        EdgeLimits limits = options.limits();
        Path tokenFile = options.tokenFile();
        Gate gate = tokenFile == null ? Gate.loopback() : Gate.token(tokenFile);
        catalog =
                new StreamCatalog(
                        limits.window(),
                        new MediaCache(options.dataDir().resolve("playback")),
                        limits.cacheBytes(),
                        limits.streams());
        tables = new Tables(options.secret());
        EdgeMeters meters = new EdgeMeters(options.meters(), catalog, tables);
        answers =
                new TopicTail(
                        "answers",
                        options.kafka(),
                        List.of(
                                new Start(Topics.RENDITIONS, limits.lookBack()),
                                new Start(Topics.RESULTS, limits.lookBack())),
                        (topic, message, atMs) -> {
                            List<Arrival> arrivals =
                                    topic == Topics.RENDITIONS
                                            ? AnswerReader.raw(message).stream().toList()
                                            : AnswerReader.avro(message.value());
                            for (Arrival arrival : arrivals) {
                                meters.answered(arrival);
                                catalog.accept(arrival, atMs);
                            }
                        });
        rows =
                new TopicTail(
                        "rows",
                        options.kafka(),
                        List.of(
                                new Start(Topics.SESSIONS, null),
                                new Start(Topics.LEDGER, null),
                                new Start(Topics.CONTROL, null),
                                new Start(Topics.SETTINGS, null),
                                new Start(Topics.ROUNDS, null),
                                new Start(Topics.REDEMPTIONS, null),
                                new Start(Topics.WORKERS, Tables.WORKER_FORGOTTEN_AFTER),
                                new Start(Topics.LIVENESS, Tables.WORKER_FORGOTTEN_AFTER)),
                        tables::take);
        history = new HistoryReader(options.kafka());
        server = server(store, gate);
        ticker =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread thread = new Thread(task, "edge-ticker");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    private Server server(SegmentStore store, Gate gate) {
        EdgeLimits limits = options.limits();
        ServerBuilder builder =
                Server.builder()
                        .http(options.bind())
                        .meterRegistry(options.meters())
                        .decorator(
                                MetricCollectingService.newDecorator(
                                        MeterIdPrefixFunction.ofDefault("livepeer.edge.http")))
                        .requestTimeout(REQUEST_TIME)
                        .idleTimeout(IDLE_TIME)
                        .maxRequestLength(1 << 16)
                        .errorHandler(new Replies())
                        .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1))
                        .decorator(
                                (delegate, ctx, req) -> {
                                    ctx.mutateAdditionalResponseHeaders(Replies::secure);
                                    return delegate.serve(ctx, req);
                                })
                        .serviceUnder("/stream", new PlaybackService(catalog, store))
                        .serviceUnder(
                                "/api",
                                new ApiService(catalog, tables, history, gate, this::waitingFor)
                                        .decorate(EncodingService.newDecorator()))
                        .service("/healthz", (ctx, req) -> Replies.health(waitingFor()))
                        .service("/readyz", (ctx, req) -> Replies.readiness(waitingFor()))
                        .route()
                        .path("/upload")
                        .maxRequestLength(0)
                        .requestTimeout(limits.uploadTime().plus(limits.uploadStall()))
                        .build(new UploadService(store, gate, limits));
        PageAssets.bind(builder);
        return builder.build();
    }

    /** What keeps the edge from being ready; empty when it is. */
    public String waitingFor() {
        String reading =
                Stream.of(answers, rows)
                        .flatMap(tail -> tail.waitingFor().stream())
                        .distinct()
                        .collect(Collectors.joining("; "));
        return reading.isEmpty()
                ? tables.jobMissing(System.currentTimeMillis()).orElse("")
                : reading;
    }

    /**
     * Binds the port and begins to read Kafka. Returns when the port is bound; {@link #waitingFor}
     * and {@code /readyz} say when everything has been read to its end.
     *
     * @throws IllegalStateException when the port cannot be bound
     */
    public void start() {
        try {
            server.start().join();
        } catch (CompletionException e) {
            InetSocketAddress bind = options.bind();
            throw new IllegalStateException(
                    "cannot listen on "
                            + bind.getHostString()
                            + ":"
                            + bind.getPort()
                            + ": stop what listens there, or give another address",
                    e);
        }
        answers.start();
        rows.start();
        ticker.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            if (answers.hasCaughtUp()) {
                catalog.advance(System.currentTimeMillis());
            }
        } catch (RuntimeException e) {
            REPEATS.warn("windows not advanced, tried again cause={}", e.toString());
        }
    }

    /** What it follows of the job. */
    public Tables tables() {
        return tables;
    }

    /** The bound port. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Stops serving and reading, and deletes the media window. */
    @Override
    public void close() {
        ticker.shutdownNow();
        answers.close();
        rows.close();
        history.close();
        server.stop().join();
        catalog.clear();
    }
}
