package org.livepeer.flink.connectors.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.operators.auth.ClusterSecret;

/**
 * What an edge needs to know to start.
 *
 * @param bind address of the public HTTP face; port 0 takes a free one
 * @param kafka broker and topic prefix
 * @param dataDir folder of this edge alone for its media window; media that an earlier edge left in
 *     it is deleted at start
 * @param tokenFile file with the token that uploads and questions about balances must show (as
 *     {@code Authorization: Bearer ...}); null serves them to this machine only
 * @param secret checks the MAC of heartbeats; null shows heartbeats unchecked
 * @param limits sizes and times
 * @param meters where it counts
 */
public record EdgeOptions(
        InetSocketAddress bind,
        KafkaAddress kafka,
        Path dataDir,
        @Nullable Path tokenFile,
        @Nullable ClusterSecret secret,
        EdgeLimits limits,
        MeterRegistry meters) {

    /** Port of the page, HLS and JSON unless told otherwise. */
    public static final int DEFAULT_PORT = 9935;

    /** An edge on 127.0.0.1:9935 with everything else at its default. */
    public static EdgeOptions of(KafkaAddress kafka, Path dataDir) {
        return new EdgeOptions(
                new InetSocketAddress("127.0.0.1", DEFAULT_PORT),
                kafka,
                dataDir,
                null,
                null,
                EdgeLimits.DEFAULT,
                new CompositeMeterRegistry());
    }

    /** The same, bound elsewhere. */
    public EdgeOptions withBind(InetSocketAddress address) {
        return new EdgeOptions(address, kafka, dataDir, tokenFile, secret, limits, meters);
    }

    /** The same, serving whoever shows this file's token. */
    public EdgeOptions withTokenFile(@Nullable Path file) {
        return new EdgeOptions(bind, kafka, dataDir, file, secret, limits, meters);
    }

    /** The same, checking heartbeats. */
    public EdgeOptions withSecret(@Nullable ClusterSecret clusterSecret) {
        return new EdgeOptions(bind, kafka, dataDir, tokenFile, clusterSecret, limits, meters);
    }

    /** The same, with other limits. */
    public EdgeOptions withLimits(EdgeLimits other) {
        return new EdgeOptions(bind, kafka, dataDir, tokenFile, secret, other, meters);
    }

    /** The same, counting there. */
    public EdgeOptions withMeters(MeterRegistry registry) {
        return new EdgeOptions(bind, kafka, dataDir, tokenFile, secret, limits, registry);
    }
}
