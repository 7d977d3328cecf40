package org.livepeer.flink.connectors.edge.orchestrator;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.edge.payment.TicketSettings;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;

/**
 * How the orchestrator is reached on the wire and what it says of itself.
 *
 * @param serviceUri {@code http[s]://HOST:PORT} that gateways are told
 * @param bind where it listens; port 0 takes a free one, which then replaces that of serviceUri
 * @param tls whether the port speaks TLS; without, HTTP/1.1 and HTTP/2 by prior knowledge
 * @param dataDir keeps the certificate
 * @param kafka broker and topic prefix
 * @param secret of the deployment: tokens of one edge count at every other
 * @param price quoted to new sessions, wei per pixel
 * @param tokenTime how long a token opens sessions
 * @param nodes URIs of other orchestrators that gateways may ask
 * @param limits sizes and times
 * @param authWebhook is asked whether a sender is served; null serves everybody
 * @param tickets how it is paid; null off chain
 * @param objectStore where renditions are written for gateways to fetch; null for nowhere, they
 *     come to the edges
 */
public record OrchestratorWire(
        URI serviceUri,
        InetSocketAddress bind,
        boolean tls,
        Path dataDir,
        KafkaAddress kafka,
        ClusterSecret secret,
        Fraction price,
        Duration tokenTime,
        List<String> nodes,
        WireLimits limits,
        @Nullable URI authWebhook,
        @Nullable TicketSettings tickets,
        @Nullable ObjectStoreUrl objectStore) {
    /** Time of a token in go-livepeer ({@code server/rpc.go}). */
    public static final Duration TOKEN_TIME = Duration.ofMinutes(30);

    /** The release of go-livepeer whose wire is spoken. */
    public static final String VERSION = "0.9.1-flink";

    public OrchestratorWire {
        String scheme = serviceUri.getScheme();
        boolean known = "https".equals(scheme) || "http".equals(scheme);
        if (!known
                || serviceUri.getHost() == null
                || serviceUri.getPort() < 0
                || !serviceUri.getPath().isEmpty()
                || serviceUri.getQuery() != null) {
            throw new IllegalArgumentException(
                    "service address '"
                            + serviceUri
                            + "' must be HOST:PORT, or http://HOST:PORT for a plain port");
        }
        if (tokenTime.toSeconds() < 10) {
            throw new IllegalArgumentException("authTokenValidity must be 10 s or more");
        }
        nodes = List.copyOf(nodes);
    }

    /** The same at another port. */
    OrchestratorWire atPort(int port) {
        try {
            URI uri =
                    new URI(
                            serviceUri.getScheme(),
                            null,
                            serviceUri.getHost(),
                            port,
                            "",
                            null,
                            null);
            return new OrchestratorWire(
                    uri,
                    bind,
                    tls,
                    dataDir,
                    kafka,
                    secret,
                    price,
                    tokenTime,
                    nodes,
                    limits,
                    authWebhook,
                    tickets,
                    objectStore);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a URI with another port is one", e);
        }
    }
}
