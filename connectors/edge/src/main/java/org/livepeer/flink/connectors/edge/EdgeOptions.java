package org.livepeer.flink.connectors.edge;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.auth.ClusterSecret;

/**
 * What an edge needs to know to start.
 *
 * @param bind address of the public HTTP face; port 0 takes a free one
 * @param bootstrapServers Kafka's {@code host:port,...}
 * @param topicPrefix put before every topic's name; may be empty
 * @param kafka more properties for the Kafka clients (TLS, SASL), or empty
 * @param dataDir folder for the media window; what an earlier edge left in it is deleted at start
 * @param uploadTokenFile file with the token that callers from other machines must show (as {@code
 *     Authorization: Bearer ...}); null serves uploads and balances to loopback only
 * @param secret checks the MAC of heartbeats; null shows heartbeats unchecked
 * @param limits sizes and times
 */
public record EdgeOptions(
        InetSocketAddress bind,
        String bootstrapServers,
        String topicPrefix,
        Map<String, String> kafka,
        Path dataDir,
        @Nullable Path uploadTokenFile,
        @Nullable ClusterSecret secret,
        EdgeLimits limits) {

    /** Port of the page, HLS and JSON unless told otherwise. */
    public static final int DEFAULT_PORT = 9935;

    /** Copies the properties and refuses empty addresses. */
    public EdgeOptions {
        kafka = Map.copyOf(kafka);
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException(
                    "bootstrapServers is empty: name at least one Kafka broker as host:port");
        }
    }

    /** An edge on 127.0.0.1:9935 with everything else at its default. */
    public static EdgeOptions of(String bootstrapServers, Path dataDir) {
        return new EdgeOptions(
                new InetSocketAddress("127.0.0.1", DEFAULT_PORT),
                bootstrapServers,
                "",
                Map.of(),
                dataDir,
                null,
                null,
                EdgeLimits.DEFAULT);
    }

    /** The same, bound elsewhere. */
    public EdgeOptions withBind(InetSocketAddress address) {
        return new EdgeOptions(
                address,
                bootstrapServers,
                topicPrefix,
                kafka,
                dataDir,
                uploadTokenFile,
                secret,
                limits);
    }

    /** The same, on other topics. */
    public EdgeOptions withTopicPrefix(String prefix) {
        return new EdgeOptions(
                bind, bootstrapServers, prefix, kafka, dataDir, uploadTokenFile, secret, limits);
    }

    /** The same, with more properties for the Kafka clients. */
    public EdgeOptions withKafka(Map<String, String> properties) {
        return new EdgeOptions(
                bind,
                bootstrapServers,
                topicPrefix,
                properties,
                dataDir,
                uploadTokenFile,
                secret,
                limits);
    }

    /** The same, serving other machines that show this file's token. */
    public EdgeOptions withUploadTokenFile(@Nullable Path file) {
        return new EdgeOptions(
                bind, bootstrapServers, topicPrefix, kafka, dataDir, file, secret, limits);
    }

    /** The same, checking heartbeats. */
    public EdgeOptions withSecret(@Nullable ClusterSecret clusterSecret) {
        return new EdgeOptions(
                bind,
                bootstrapServers,
                topicPrefix,
                kafka,
                dataDir,
                uploadTokenFile,
                clusterSecret,
                limits);
    }

    /** The same, with other limits. */
    public EdgeOptions withLimits(EdgeLimits other) {
        return new EdgeOptions(
                bind,
                bootstrapServers,
                topicPrefix,
                kafka,
                dataDir,
                uploadTokenFile,
                secret,
                other);
    }
}
