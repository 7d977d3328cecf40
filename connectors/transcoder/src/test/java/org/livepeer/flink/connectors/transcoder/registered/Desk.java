package org.livepeer.flink.connectors.transcoder.registered;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.WorkerAddress;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.TranscoderGrpc.TranscoderStub;

/** An edge's port that takes transcoders, without anything else of the edge. */
final class Desk implements AutoCloseable {
    static final String SECRET = "verbigsecret";
    static final ClusterSecret CLUSTER =
            new ClusterSecret("a secret of the tests only".getBytes(UTF_8));

    final RegisteredTranscoders transcoders;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final int port;
    private final Map<String, WorkerHeartbeat> beats;
    private final Server server;

    /**
     * @param beats the last beat of each worker, shared by the edges of a deployment
     */
    Desk(Path folder, Map<String, WorkerHeartbeat> beats) throws Exception {
        this.beats = beats;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        transcoders =
                new RegisteredTranscoders(
                        new RegisteredOptions(
                                new OrchSecret(SECRET),
                                "https://127.0.0.1:" + port,
                                "127.0.0.1",
                                folder,
                                null,
                                CLUSTER,
                                beat -> beats.put(beat.getWorkerId(), beat),
                                beats::values,
                                meters));
        ServerBuilder builder =
                Server.builder()
                        .https(new InetSocketAddress("127.0.0.1", port))
                        .tlsSelfSigned()
                        .pingInterval(Duration.ofSeconds(4))
                        .maxRequestLength(0)
                        .requestTimeoutMillis(0)
                        .service(
                                GrpcService.builder()
                                        .addService(transcoders.registrations())
                                        .build());
        transcoders.routes().forEach(builder::service);
        server = builder.build();
        server.start().join();
    }

    static Map<String, WorkerHeartbeat> beats() {
        return new ConcurrentHashMap<>();
    }

    TranscoderStub stub() {
        return GrpcClients.builder("gproto+https://127.0.0.1:" + port)
                .factory(ClientFactory.insecure())
                .responseTimeoutMillis(0)
                .build(TranscoderStub.class);
    }

    WebClient http() {
        return WebClient.builder("https://127.0.0.1:" + port)
                .factory(ClientFactory.insecure())
                .build();
    }

    /** The worker that stands for a transcoder, once it beats. */
    WorkerHeartbeat worker() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            Optional<WorkerHeartbeat> beat =
                    beats.values().stream().filter(b -> !b.getLeaving()).findFirst();
            if (beat.isPresent()) {
                return beat.get();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no worker beats");
    }

    /** Waits until that worker said good-bye. */
    void awaitLeft(String workerId) throws InterruptedException {
        for (int i = 0; i < 750; i++) {
            WorkerHeartbeat beat = beats.get(workerId);
            if (beat != null && beat.getLeaving()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError(workerId + " did not leave");
    }

    static WorkerAddress address(WorkerHeartbeat beat) {
        return new WorkerAddress(beat.getWorkerId(), beat.getAddress(), beat.getHost());
    }

    @Override
    public void close() {
        transcoders.close();
        server.stop().join();
    }
}
