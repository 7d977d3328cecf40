package org.livepeer.flink.jobs.node;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;

/**
 * Where and how gateways of the network reach the orchestrator.
 *
 * @param serviceUri what they are told
 * @param bind where it listens
 * @param tls whether that port speaks TLS
 * @param tokenTime how long a session's token opens it
 * @param nodes other orchestrators that they may ask
 * @param authWebhook is asked whether a sender is served; null serves everybody
 * @param transcoders what transcoders of go-livepeer must show to be taken; null takes none
 * @param objectStore where renditions are written for gateways to fetch; null for nowhere
 */
public record WireAddress(
        URI serviceUri,
        InetSocketAddress bind,
        boolean tls,
        Duration tokenTime,
        List<String> nodes,
        @Nullable URI authWebhook,
        @Nullable OrchSecret transcoders,
        @Nullable ObjectStoreUrl objectStore) {
    /**
     * Reads the flags.
     *
     * @param serviceAddr {@code [http[s]://]HOST:PORT}
     * @param httpAddr {@code [http[s]://]HOST:PORT} to listen on instead; null for serviceAddr's
     * @throws IllegalArgumentException naming the flag, the value and the rule
     */
    public static WireAddress of(
            String serviceAddr,
            @Nullable String httpAddr,
            Duration tokenTime,
            List<String> nodes,
            @Nullable String authWebhook,
            @Nullable OrchSecret transcoders,
            @Nullable ObjectStoreUrl objectStore) {
        URI service = uri("-serviceAddr", serviceAddr);
        URI listener = httpAddr == null ? service : uri("-httpAddr", httpAddr);
        boolean tls =
                httpAddr == null || httpAddr.contains("://")
                        ? "https".equals(listener.getScheme())
                        : "https".equals(service.getScheme());
        return new WireAddress(
                service,
                InetSocketAddress.createUnresolved(listener.getHost(), listener.getPort()),
                tls,
                tokenTime,
                nodes,
                authWebhook == null ? null : webhook(authWebhook),
                transcoders,
                objectStore);
    }

    /**
     * Where this one edge is reached, whatever stands in front of several.
     *
     * @param host of this process
     */
    String ownUri(String host) {
        boolean anywhere = bind.getHostString().equals("0.0.0.0");
        return (tls ? "https" : "http")
                + "://"
                + (anywhere ? host : bind.getHostString())
                + ":"
                + bind.getPort();
    }

    private static URI webhook(String text) {
        try {
            URI uri = URI.create(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "-authWebhookUrl " + text + " must be a URL of http or https");
    }

    private static URI uri(String flag, String text) {
        String whole = text.contains("://") ? text : "https://" + text;
        if (whole.matches("https?://[A-Za-z0-9.-]+:\\d{1,5}")) {
            URI uri = URI.create(whole);
            if (uri.getHost() != null && uri.getPort() <= 65_535) {
                return uri;
            }
        }
        throw new IllegalArgumentException(flag + " " + text + " must be HOST:PORT");
    }
}
