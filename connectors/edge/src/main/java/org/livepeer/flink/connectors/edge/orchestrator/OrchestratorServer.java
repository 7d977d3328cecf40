package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import io.grpc.BindableService;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.http.PlainErrors;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.edge.objectstore.RenditionUploads;
import org.livepeer.flink.connectors.edge.objectstore.S3ObjectStore;
import org.livepeer.flink.connectors.edge.payment.ChainFeed;
import org.livepeer.flink.connectors.edge.payment.Offers;
import org.livepeer.flink.connectors.edge.payment.PaymentDesk;
import org.livepeer.flink.connectors.edge.payment.TicketSettings;
import org.livepeer.flink.connectors.edge.reply.RenditionIndex;
import org.livepeer.flink.connectors.edge.reply.RenditionService;
import org.livepeer.flink.connectors.edge.reply.ReplyDesk;
import org.livepeer.flink.connectors.edge.session.ReplyTags;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.connectors.edge.tls.EdgeCertificate;
import org.livepeer.flink.connectors.kafka.client.KafkaMediaReader;
import org.livepeer.flink.connectors.kafka.client.PaymentProducer;
import org.livepeer.flink.connectors.kafka.client.QuoteProducer;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.auth.StampSeal;

/**
 * The orchestrator's port: TLS with HTTP/2 and HTTP/1.1 (the latter also when the client names no
 * protocol), or plain when so told. Any number of them may stand behind one address: tokens and
 * renditions of one are known to all.
 */
public final class OrchestratorServer implements AutoCloseable {
    private static final Duration IDLE_TIME = Duration.ofMinutes(10);

    /** A peer that answers none for as long again is dead. */
    private static final Duration PING_EVERY = Duration.ofSeconds(4);

    private static final Duration LOOK_BACK = Duration.ofMinutes(2);
    private static final Duration KNOWN_FOR = Duration.ofMinutes(35);
    private static final int MOST_KNOWN = 500_000;
    private static final long MEDIA_IN_MEMORY = 48L << 20;

    private final OrchestratorWire wire;
    private final ReplyDesk desk;
    private final SegmentProducer producer;
    private final KafkaMediaReader reader;
    private final @Nullable ChainFeed chain;
    private final @Nullable PaymentProducer payer;
    private final QuoteProducer quotes;
    private final @Nullable RenditionUploads uploads;
    private final Server server;

    /**
     * Prepares the port.
     *
     * @param tables what the edge follows of the job; read by somebody else
     * @param store where large media goes and large renditions come from
     * @param more further gRPC services of the port, such as that of remote transcoders
     * @param routes further paths and who serves them
     */
    public OrchestratorServer(
            OrchestratorWire options,
            Tables tables,
            SegmentStore store,
            MeterRegistry meters,
            List<BindableService> more,
            Map<String, HttpService> routes) {
        this.wire = options.bind().getPort() == 0 ? options.atPort(freePort()) : options;
        ReplyTags tags = new ReplyTags(wire.secret());
        SessionTokens tokens = new SessionTokens(wire.secret(), wire.tokenTime());
        RenditionIndex index = new RenditionIndex(KNOWN_FOR, MOST_KNOWN, MEDIA_IN_MEMORY);
        Capacity capacity = new Capacity(tables);
        TicketSettings tickets = wire.tickets();
        chain =
                tickets == null
                        ? null
                        : new ChainFeed(wire.kafka(), wire.secret(), tickets.staleAfter());
        Offers offers =
                tickets == null || chain == null ? null : new Offers(tickets, chain, wire.secret());
        NodeInfo info = new NodeInfo(wire.serviceUri().toString(), wire.nodes(), capacity, offers);
        desk = new ReplyDesk(wire.kafka(), tags, index, LOOK_BACK, KNOWN_FOR);
        producer = new SegmentProducer(wire.kafka());
        reader = new KafkaMediaReader(wire.kafka());
        quotes = new QuoteProducer(wire.kafka(), wire.secret());
        FunctionCounter.builder("livepeer.edge.quotes.lost", quotes, QuoteProducer::lost)
                .description("quotes that could not be written down")
                .register(meters);
        payer = offers == null ? null : new PaymentProducer(wire.kafka(), wire.secret());
        PaymentDesk payments =
                offers == null || chain == null || payer == null
                        ? null
                        : new PaymentDesk(offers, chain, payer, desk, tags, meters);
        SegmentHeaders headers =
                new SegmentHeaders(
                        tokens, capacity, tables.orders()::pricedCapabilities, info, offers);
        ObjectStoreUrl objects = wire.objectStore();
        uploads =
                objects == null
                        ? null
                        : new RenditionUploads(new S3ObjectStore(objects), store, meters);
        URI webhook = wire.authWebhook();
        GrpcServiceBuilder grpc =
                GrpcService.builder()
                        .maxRequestMessageLength(WireLimits.MESSAGE_BYTES)
                        .addService(
                                new OrchestratorService(
                                        info,
                                        tokens,
                                        capacity,
                                        tables,
                                        wire.price(),
                                        webhook == null ? null : new SenderWebhook(webhook),
                                        offers == null || chain == null
                                                ? null
                                                : new OrchestratorService.OnChain(offers, chain),
                                        quotes::send));
        more.forEach(grpc::addService);
        ServerBuilder builder = listener().service(grpc.build(), OrchestratorServer::inGosForm);
        routes.forEach(builder::service);
        builder.service(
                        "/segment",
                        new SegmentService(
                                headers,
                                payments,
                                new SegmentWork(
                                        producer,
                                        desk,
                                        tags,
                                        new StampSeal(wire.secret()),
                                        uploads == null
                                                ? RenditionUrls.below(info.serviceUri())
                                                : uploads::write,
                                        new RenditionHashes(store),
                                        offers),
                                store,
                                wire.limits()))
                .service("/payment", new PaymentService(headers, payments))
                .route()
                .path("/refresh-payment")
                .maxRequestLength(1 << 16)
                .requestTimeout(Duration.ofSeconds(10))
                .build(new RefreshPaymentService());
        builder.serviceUnder("/stream", new RenditionService(index, store, reader))
                .serviceUnder("/", new UnknownService());
        server = builder.build();
        Gauge.builder("livepeer.edge.wire.waiting", desk, ReplyDesk::waiting)
                .description("segments of the wire that wait for the job's answer")
                .register(meters);
    }

    /** As grpc-go writes it: the type that was asked with, and no word about compression. */
    private static HttpService inGosForm(HttpService grpc) {
        return (ctx, req) ->
                grpc.serve(ctx, req)
                        .mapHeaders(
                                headers ->
                                        headers.toBuilder()
                                                .set(
                                                        "content-type",
                                                        req.headers().get("content-type", ""))
                                                .removeAndThen("grpc-accept-encoding")
                                                .removeAndThen("grpc-encoding")
                                                .build());
    }

    private ServerBuilder listener() {
        ServerBuilder builder =
                Server.builder()
                        .http1MaxHeaderSize(WireLimits.HEADER_BYTES)
                        .http1MaxInitialLineLength(1 << 14)
                        .http2MaxHeaderListSize(WireLimits.HEADER_BYTES)
                        .http2MaxStreamsPerConnection(WireLimits.STREAMS)
                        .maxNumConnections(wire.limits().connections())
                        .maxRequestLength(0)
                        .requestTimeoutMillis(0)
                        .idleTimeout(IDLE_TIME)
                        .pingInterval(PING_EVERY)
                        .disableServerHeader()
                        .errorHandler(new PlainErrors())
                        .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1));
        if (!wire.tls()) {
            return builder.http(at());
        }
        EdgeCertificate certificate =
                EdgeCertificate.in(wire.dataDir(), wire.serviceUri().getHost(), Instant.now());
        return builder.https(at()).tls(TlsKeyPair.of(certificate.key(), certificate.certificate()));
    }

    private InetSocketAddress at() {
        String host = wire.bind().getHostString();
        int port = wire.bind().getPort() == 0 ? wire.serviceUri().getPort() : wire.bind().getPort();
        return new InetSocketAddress(host, port);
    }

    /** The answers name the port, so it has to be known before it is bound. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port for the orchestrator", e);
        }
    }

    /**
     * Binds the port and begins to read the answers.
     *
     * @throws IllegalStateException when the port cannot be bound
     */
    public void start() {
        desk.start();
        if (chain != null) {
            chain.start();
        }
        try {
            server.start().join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "cannot listen on "
                            + at().getHostString()
                            + ":"
                            + at().getPort()
                            + ": stop what listens there, or give another -serviceAddr",
                    e);
        }
        InetSocketAddress bound = at();
        boolean anywhere = bound.getAddress() == null || bound.getAddress().isAnyLocalAddress();
        WarmUp.of(
                anywhere ? "127.0.0.1" : bound.getHostString(),
                port(),
                wire.tls(),
                wire.authWebhook() == null && chain == null);
    }

    /** What keeps it from being ready; empty when it is. */
    public String waitingFor() {
        return desk.waitingFor()
                .or(
                        () ->
                                chain == null
                                        ? Optional.empty()
                                        : chain.waitingFor(System.currentTimeMillis()))
                .orElse("");
    }

    /** The chain that it counts by; empty off chain. */
    public Optional<ChainFeed> chain() {
        return Optional.ofNullable(chain);
    }

    /** The bound port. */
    public int port() {
        return server.activeLocalPort();
    }

    /** What gateways are told. */
    public String serviceUri() {
        return wire.serviceUri().toString();
    }

    @Override
    public void close() {
        server.stop().join();
        desk.close();
        producer.close();
        quotes.close();
        if (payer != null) {
            payer.close();
        }
        if (chain != null) {
            chain.close();
        }
        if (uploads != null) {
            uploads.close();
        }
        reader.close();
    }
}
