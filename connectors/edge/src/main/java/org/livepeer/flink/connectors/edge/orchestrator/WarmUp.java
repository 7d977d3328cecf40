package org.livepeer.flink.connectors.edge.orchestrator;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.PingPong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the own port before anybody else does. A gateway waits two seconds for a GetOrchestrator
 * ({@code discovery/discovery.go}), about as long as the first one takes in a process that has just
 * begun: classes, TLS, MACs.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private WarmUp() {}

    /**
     * Returns when the port has answered; a port that does not is left to its first client.
     *
     * @param tls whether it speaks TLS
     * @param freely whether a question for a token asks nobody else
     */
    static void of(String host, int port, boolean tls, boolean freely) {
        String to = (tls ? "https" : "http") + "://" + host + ":" + port;
        ClientFactory any = ClientFactory.insecure();
        try {
            OrchestratorBlockingStub stub =
                    GrpcClients.builder("gproto+" + to)
                            .factory(any)
                            .responseTimeout(PATIENCE)
                            .build(OrchestratorBlockingStub.class);
            stub.ping(PingPong.getDefaultInstance());
            if (freely) {
                stub.getOrchestrator(OrchestratorRequest.getDefaultInstance());
            }
        } catch (StatusRuntimeException e) {
            LOG.debug("first answer of the own port: {}", e.getStatus());
        }
        // Refused for its header, after the whole way of a segment's request.
        WebClient.builder(to)
                .factory(any)
                .responseTimeout(PATIENCE)
                .build()
                .execute(
                        RequestHeaders.of(
                                HttpMethod.POST, "/segment", "livepeer-segment", "d2FybQ=="),
                        HttpData.wrap(new byte[1]))
                .aggregate()
                .handle((response, failure) -> null)
                .join();
    }
}
