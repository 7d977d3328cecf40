package org.livepeer.flink.connectors.edge.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.http.Replies;
import org.livepeer.flink.connectors.edge.upload.Gate;

/**
 * The admin port: {@code /healthz} (200: the process lives), {@code /readyz} (200, or 503), both
 * with what it waits for, {@code /status} (JSON), {@code /metrics} (Prometheus) and go-livepeer's
 * routes. Without a token it binds to loopback only; with one, all but the first two ask for it.
 */
public final class AdminServer implements AutoCloseable {
    private static final MediaType PROMETHEUS =
            MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private static final int MOST_BYTES = 1 << 10;

    private final Server server;

    private AdminServer(Server server) {
        this.server = server;
    }

    /**
     * Binds the port.
     *
     * @param bind a loopback address, or any with a token
     * @param tokenFile file with the token that {@code /status} and {@code /metrics} ask for
     * @param meters what {@code /metrics} tells
     * @param node the orchestrator that this process is a part of; empty while it is not
     * @param log how much is logged
     * @throws IllegalArgumentException when the address is not this machine's loopback
     * @throws IllegalStateException when the port is taken
     */
    public static AdminServer start(
            InetSocketAddress bind,
            @Nullable Path tokenFile,
            Supplier<ProcessStatus> status,
            PrometheusMeterRegistry meters,
            Supplier<Optional<NodeView>> node,
            LogLevel log) {
        InetSocketAddress address =
                tokenFile == null
                        ? loopback(bind)
                        : new InetSocketAddress(bind.getHostString(), bind.getPort());
        Gate gate = tokenFile == null ? Gate.loopback() : Gate.token(tokenFile);
        String version = status.get().version();
        String nodeId = hostName();
        GoRoutes routes = new GoRoutes(node, log, version);
        ServerBuilder builder =
                Server.builder()
                        .http(address)
                        .meterRegistry(new CompositeMeterRegistry())
                        .maxRequestLength(MOST_BYTES)
                        .errorHandler(new Replies())
                        .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1))
                        .service(
                                "/healthz", (ctx, req) -> Replies.health(status.get().waitingFor()))
                        .service(
                                "/readyz",
                                (ctx, req) -> Replies.readiness(status.get().waitingFor()))
                        .service(
                                "/metrics",
                                (ctx, req) ->
                                        gate.refusal(ctx, req.headers())
                                                .orElseGet(
                                                        () ->
                                                                scrape(
                                                                        meters,
                                                                        GoMetrics.of(
                                                                                node.get(),
                                                                                nodeId,
                                                                                version))))
                        .service(
                                "/status",
                                (ctx, req) ->
                                        gate.refusal(ctx, req.headers())
                                                .orElseGet(() -> json(status.get(), routes)));
        routes.services()
                .forEach(
                        (path, service) ->
                                builder.route()
                                        .path(path)
                                        .maxRequestLength(
                                                path.equals(SignRoute.PATH)
                                                        ? SignRoute.MOST_BYTES
                                                        : MOST_BYTES)
                                        .build(
                                                (ctx, req) -> {
                                                    Optional<HttpResponse> refusal =
                                                            gate.refusal(ctx, req.headers());
                                                    return refusal.isPresent()
                                                            ? refusal.get()
                                                            : service.serve(ctx, req);
                                                }));
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "the admin port "
                            + address.getPort()
                            + " is taken: stop what listens there, or give -cliAddr",
                    e);
        }
        return new AdminServer(server);
    }

    private static InetSocketAddress loopback(InetSocketAddress bind) {
        try {
            InetAddress address = InetAddress.getByName(bind.getHostString());
            if (address.isLoopbackAddress()) {
                return new InetSocketAddress(address, bind.getPort());
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "the admin port's address " + bind.getHostString() + " is not known", e);
        }
        throw new IllegalArgumentException(
                "the admin port binds to loopback only, not to "
                        + bind.getHostString()
                        + ": give -adminToken FILE, or reach it through a tunnel");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static HttpResponse scrape(PrometheusMeterRegistry meters, String more) {
        return HttpResponse.of(HttpStatus.OK, PROMETHEUS, meters.scrape() + more);
    }

    private static HttpResponse json(ProcessStatus status, GoRoutes routes) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("version", status.version());
        node.put("startedAtMs", status.startedAtMs());
        node.put("ready", status.waitingFor().isEmpty());
        node.put("waitingFor", status.waitingFor());
        ObjectNode parts = node.putObject("parts");
        new TreeMap<>(status.parts()).forEach(parts::put);
        routes.status(node);
        return HttpResponse.of(
                ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, "application/json"),
                HttpData.ofUtf8(node.toString()));
    }

    /** The bound port. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
