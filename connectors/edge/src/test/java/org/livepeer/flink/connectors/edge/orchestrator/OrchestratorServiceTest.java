package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.session.SessionTokens;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.PriceQuoted;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SetPrice;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;

class OrchestratorServiceTest {
    private final Tables tables = new Tables(null);
    private final Capacity capacity = new Capacity(tables);
    private final SessionTokens tokens =
            new SessionTokens(
                    new ClusterSecret("0123456789abcdef".getBytes(UTF_8)), Duration.ofMinutes(30));
    private final List<OrchestratorInfo> told = new ArrayList<>();
    private final List<PriceQuoted> quotes = new ArrayList<>();
    private final OrchestratorService service =
            new OrchestratorService(
                    new NodeInfo("https://h:1", List.of(), capacity, null),
                    tokens,
                    capacity,
                    tables,
                    Fraction.ZERO,
                    null,
                    null,
                    quotes::add);

    private String ask() {
        List<String> said = new ArrayList<>();
        service.getOrchestrator(
                OrchestratorRequest.getDefaultInstance(),
                new StreamObserver<>() {
                    @Override
                    public void onNext(OrchestratorInfo info) {
                        told.add(info);
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
        lease("wire.cam");

        // Then
        assertThat(ask()).isEqualTo("https://h:1, done");
    }

    @Test
    void whatTheOperatorOrdersIsQuotedAndKept() {
        // Given a job, a worker for ten, and a stream that no gateway pushes
        long now = System.currentTimeMillis();
        Liveness alive = Liveness.newBuilder().setCell("main").setAttempt(1).setAtMs(now).build();
        take(Topics.LIVENESS, "main", alive);
        take(Topics.WORKERS, "w", worker());
        lease("cam");
        ask();
        assertThat(tokens.quote(told.get(0).getAuthToken())).contains(Fraction.ZERO);

        // When
        take(
                Topics.CONTROL,
                "everybody",
                ControlCommand.newBuilder()
                        .setId("c")
                        .setTarget("everybody")
                        .setIssuedAtMs(0)
                        .setCommand(new SetPrice("", Fraction.of(5, 2).toRational()))
                        .build());

        // Then
        assertThat(ask()).isEqualTo("https://h:1, done");
        assertThat(tokens.quote(told.get(1).getAuthToken())).contains(Fraction.of(5, 2));
        assertThat(quotes)
                .extracting(
                        q ->
                                q.getSessionId()
                                        + " "
                                        + Fraction.of(q.getPrice())
                                        + " "
                                        + q.getScope()
                                        + " "
                                        + q.getCommandId())
                .containsExactly(
                        told.get(0).getAuthToken().getSessionId() + " 0 option ",
                        told.get(1).getAuthToken().getSessionId() + " 5/2  c");
        take(Topics.SETTINGS, "sessionLimit", new SessionLimit(1));
        assertThat(ask()).isEqualTo("UNKNOWN Invalid orchestrator request: OrchestratorCapped");
        take(Topics.SETTINGS, "sessionLimit", new SessionLimit(2));
        assertThat(ask()).isEqualTo("https://h:1, done");
    }

    private static WorkerHeartbeat worker() {
        return WorkerHeartbeat.newBuilder()
                .setWorkerId("w")
                .setIncarnation(1)
                .setBeat(0)
                .setAddress("127.0.0.1:1")
                .setHost("127.0.0.1")
                .setVersion("1")
                .setCapabilities(List.of())
                .setCapacityPixelsPerSecond(1)
                .setMaxSessions(10)
                .setSlots(1)
                .setSentAtMs(0)
                .build();
    }

    private void lease(String manifest) {
        Lease lease =
                Lease.newBuilder()
                        .setSessionId("s")
                        .setAccount("manifest:" + manifest)
                        .setManifestId(manifest)
                        .setWorkerId("w")
                        .setLoadPixelsPerSecond(1)
                        .setStartedAtMs(1)
                        .setLastActivityMs(1)
                        .build();
        take(Topics.SESSIONS, "s", SessionEntry.newBuilder().setLease(lease).build());
    }

    @SuppressWarnings("unchecked")
    private <T extends SpecificRecordBase> void take(Topics topic, String key, T row) {
        byte[] value = RecordCodec.of((Class<T>) row.getClass()).encode(row);
        tables.take(
                topic,
                new ConsumerRecord<>(topic.baseName(), 0, 0, key.getBytes(UTF_8), value),
                System.currentTimeMillis());
    }
}
