package org.livepeer.flink.jobs.node;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how gateways of the network reach the orchestrator.
 *
 * @param serviceUri what they are told
 * @param bind where it listens
 * @param tls whether that port speaks TLS
 * @param tokenTime how long a session's token opens it
 * @param nodes other orchestrators that they may ask
 */
public record WireAddress(
        URI serviceUri,
        InetSocketAddress bind,
        boolean tls,
        Duration tokenTime,
        List<String> nodes) {
    /**
     * Reads the flags.
     *
     * @param serviceAddr {@code [http[s]://]HOST:PORT}
     * @param httpAddr {@code [http[s]://]HOST:PORT} to listen on instead; null for serviceAddr's
     * @throws IllegalArgumentException naming the flag, the value and the rule
     */
    public static WireAddress of(
            String serviceAddr, @Nullable String httpAddr, Duration tokenTime, List<String> nodes) {
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
                nodes);
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
