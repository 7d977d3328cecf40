package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;

class OrchestratorServiceTest {
    private final Tables tables = new Tables(null);
    private final Capacity capacity = new Capacity(tables);
    private final OrchestratorService service =
            new OrchestratorService(
                    new NodeInfo("https://h:1", List.of(), capacity),
                    new SessionTokens(
                            new ClusterSecret("0123456789abcdef".getBytes(UTF_8)),
                            Duration.ofMinutes(30)),
                    capacity,
                    tables,
                    Fraction.ZERO,
                    null);

    private String ask() {
        List<String> said = new ArrayList<>();
        service.getOrchestrator(
                OrchestratorRequest.getDefaultInstance(),
                new StreamObserver<>() {
                    @Override
                    public void onNext(OrchestratorInfo info) {
                        said.add(info.getTranscoder());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        Status status = Status.fromThrowable(failure);
                        said.add(status.getCode() + " " + status.getDescription());
                    }

                    @Override
                    public void onCompleted() {
                        said.add("done");
                    }
                });
        return String.join(", ", said);
    }

    @Test
    void newSessionsWaitForAJobAndRenewalsDoNot() {
        // Given a job that was never heard of
        assertThat(ask())
                .isEqualTo("UNKNOWN Invalid orchestrator request: the orchestrator is not ready");

        // When a stream of the wire has a lease
        Lease lease =
                Lease.newBuilder()
                        .setSessionId("s")
                        .setAccount("manifest:wire.cam")
                        .setManifestId("wire.cam")
                        .setWorkerId("w")
                        .setLoadPixelsPerSecond(1)
                        .setStartedAtMs(1)
                        .setLastActivityMs(1)
                        .build();
        byte[] row =
                RecordCodec.of(SessionEntry.class)
                        .encode(SessionEntry.newBuilder().setLease(lease).build());
        tables.take(
                Topics.SESSIONS,
                new ConsumerRecord<>("sessions", 0, 0, "s".getBytes(UTF_8), row),
                System.currentTimeMillis());

        // Then
        assertThat(ask()).isEqualTo("https://h:1, done");
    }
}
