package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.objectstore.ObjectStoreUrl;
import org.livepeer.flink.connectors.edge.payment.TicketSettings;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** A real broker, an answering job, and edges of one deployment with clients for them. */
final class WireBench implements AutoCloseable {
    static final ClusterSecret SECRET = new ClusterSecret("0123456789abcdef".getBytes(UTF_8));

    final Path folder;
    final EmbeddedKafka broker;
    final KafkaAddress address;
    final EchoJob job;
    final Tables tables = new Tables(null);
    final SharedDirectoryStore store;

    /** Of the edges that are started from now on. */
    @Nullable URI authWebhook;

    /** How edges that are started from now on are paid; null off chain. */
    @Nullable TicketSettings tickets;

    /** Where edges that are started from now on write renditions; null for nowhere. */
    @Nullable ObjectStoreUrl objectStore;

    WireBench(Path folder) throws Exception {
        this.folder = folder;
        broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        address = new KafkaAddress(broker.bootstrapServers(), "");
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
        job = new EchoJob(address);
        store = new SharedDirectoryStore(StoreOptions.of(folder.resolve("store")));
        jobSpeaks();
    }

    OrchestratorWire wire(String scheme, String name, WireLimits limits) {
        return new OrchestratorWire(
                URI.create(scheme + "://127.0.0.1:0"),
                new InetSocketAddress("127.0.0.1", 0),
                scheme.equals("https"),
                folder.resolve(name),
                address,
                SECRET,
                Fraction.of(3, 2),
                OrchestratorWire.TOKEN_TIME,
                List.of("https://other:8935"),
                limits,
                authWebhook,
                tickets,
                objectStore);
    }

    OrchestratorServer edge(String scheme, String name, WireLimits limits) throws Exception {
        OrchestratorServer server =
                new OrchestratorServer(
                        wire(scheme, name, limits),
                        tables,
                        store,
                        new SimpleMeterRegistry(),
                        List.of(),
                        Map.of());
        server.start();
        while (!server.waitingFor().isEmpty()) {
            Thread.sleep(20);
        }
        return server;
    }

    void jobSpeaks() {
        take(
                Topics.LIVENESS,
                "main",
                Liveness.newBuilder()
                        .setCell("main")
                        .setAttempt(1)
                        .setAtMs(System.currentTimeMillis())
                        .build());
    }

    void worker(int maxSessions, String... capabilities) {
        take(
                Topics.WORKERS,
                "w",
                WorkerHeartbeat.newBuilder()
                        .setWorkerId("w")
                        .setIncarnation(System.currentTimeMillis())
                        .setBeat(0)
                        .setAddress("127.0.0.1:1")
                        .setHost("127.0.0.1")
                        .setVersion("1")
                        .setCapabilities(List.of(capabilities))
                        .setCapacityPixelsPerSecond(1)
                        .setMaxSessions(maxSessions)
                        .setSlots(1)
                        .setSentAtMs(0)
                        .build());
    }

    void session(String manifest, boolean lives) {
        String id = "manifest:" + manifest + "|" + manifest;
        Lease lease =
                Lease.newBuilder()
                        .setSessionId(id)
                        .setAccount("manifest:" + manifest)
                        .setManifestId(manifest)
                        .setWorkerId("w")
                        .setLoadPixelsPerSecond(1)
                        .setStartedAtMs(1)
                        .setLastActivityMs(1)
                        .build();
        tables.take(
                Topics.SESSIONS,
                new ConsumerRecord<>(
                        "sessions",
                        0,
                        0,
                        id.getBytes(UTF_8),
                        lives
                                ? RecordCodec.of(SessionEntry.class)
                                        .encode(SessionEntry.newBuilder().setLease(lease).build())
                                : null),
                System.currentTimeMillis());
    }

    @SuppressWarnings("unchecked")
    private <T extends org.apache.avro.specific.SpecificRecordBase> void take(
            Topics topic, String key, T row) {
        tables.take(
                topic,
                new ConsumerRecord<>(
                        topic.baseName(),
                        0,
                        0,
                        key.getBytes(UTF_8),
                        RecordCodec.of((Class<T>) row.getClass()).encode(row)),
                System.currentTimeMillis());
    }

    /** HTTP/2, taking any certificate. */
    static WebClient http(OrchestratorServer edge, String protocol) {
        return WebClient.builder(protocol + "://127.0.0.1:" + edge.port())
                .factory(ClientFactory.insecure())
                .responseTimeoutMillis(20_000)
                .maxResponseLength(0)
                .build();
    }

    /** A connection to the edge without ALPN, taking any certificate. */
    static SSLSocket tls(OrchestratorServer edge) throws Exception {
        SSLContext anybody = SSLContext.getInstance("TLS");
        anybody.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return (SSLSocket) anybody.getSocketFactory().createSocket("127.0.0.1", edge.port());
    }

    static OrchestratorBlockingStub grpc(OrchestratorServer edge, String protocol) {
        return GrpcClients.builder("gproto+" + protocol + "://127.0.0.1:" + edge.port())
                .factory(ClientFactory.insecure())
                .build(OrchestratorBlockingStub.class);
    }

    static AuthToken token(OrchestratorServer edge) {
        return grpc(edge, "https")
                .getOrchestrator(OrchestratorRequest.getDefaultInstance())
                .getAuthToken();
    }

    static SegData.Builder segment(AuthToken token, int seq, byte[] media, String... profiles) {
        SegData.Builder segment =
                SegData.newBuilder()
                        .setManifestId(ByteString.copyFromUtf8("cam"))
                        .setSeq(seq)
                        .setHash(ByteString.copyFrom(Keccak256.of(media)))
                        .setProfiles(ByteString.copyFromUtf8("invalid"))
                        .setDuration(2_000)
                        .setAuthToken(token);
        for (String profile : profiles) {
            segment.addFullProfiles(
                    VideoProfile.newBuilder()
                            .setName(profile)
                            .setWidth(320)
                            .setHeight(180)
                            .setBitrate(400_000)
                            .setFps(30));
        }
        return segment;
    }

    static String header(SegData segment) {
        return Base64.getEncoder().encodeToString(segment.toByteArray());
    }

    static AggregatedHttpResponse post(
            WebClient client, String path, String payment, String segment, byte[] media) {
        return client.execute(
                        RequestHeaders.builder(HttpMethod.POST, path)
                                .set("content-type", "video/MP2T")
                                .set("livepeer-payment", payment)
                                .set("livepeer-segment", segment)
                                .build(),
                        HttpData.wrap(media))
                .aggregate()
                .join();
    }

    @Override
    public void close() throws Exception {
        job.close();
        broker.close();
    }
}
