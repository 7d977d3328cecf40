package org.livepeer.flink.operators.admit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Epoch;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.TopicRecord;

class EpochHarnessTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);

    @Test
    void aNewerClaimStopsTheJobForGoodAnOlderOneDoesNot() throws Exception {
        try (var harness = harness(false)) {
            harness.open();

            harness.processElement(claim("older", 3), 0);
            harness.processElement(claim("mine", 5), 0);

            assertThatThrownBy(() -> harness.processElement(claim("newer", 6), 0))
                    .isInstanceOf(SuppressRestartsException.class)
                    .rootCause()
                    .hasMessageContaining("newer")
                    .hasMessageContaining("this older copy stops");
        }
    }

    @Test
    void aForgedClaimIsADeadLetter() throws Exception {
        try (var harness = harness(false)) {
            harness.open();
            TopicRecord forged = claim("newer", 6);
            forged.setHeaders(Map.of());

            harness.processElement(forged, 0);

            assertThat(harness.getSideOutput(Tags.DEAD_LETTERS)).hasSize(1);
        }
    }

    @Test
    void aJobThatGoesOnRefusesToRunWithoutItsState() throws Exception {
        OperatorSubtaskState snapshot;
        try (var before = harness(false)) {
            before.open();
            snapshot = before.snapshot(1, 1);
        }
        try (var restored = harness(true)) {
            restored.initializeState(snapshot);
            restored.open();
        }
        try (var empty = harness(true)) {
            assertThatThrownBy(empty::open)
                    .isInstanceOf(SuppressRestartsException.class)
                    .rootCause()
                    .hasMessageContaining("none of its state");
        }
    }

    private static OneInputStreamOperatorTestHarness<TopicRecord, Epoch> harness(
            boolean mustRestore) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(
                        new EpochFunction(
                                () -> new ClusterSecret(SECRET),
                                "mine",
                                Claim.at(5),
                                mustRestore)));
    }

    private static TopicRecord claim(String id, long offset) {
        Epoch epoch =
                Epoch.newBuilder()
                        .setEpochId(id)
                        .setJobName("orchestrator")
                        .setVersion("0.1.0")
                        .setStartedAtMs(1)
                        .build();
        TopicRecord record = Requests.raw("deployment", Map.of(), new byte[0]);
        byte[] value = RecordCodec.of(Epoch.class).encode(epoch);
        byte[] key = new byte[record.getKey().remaining()];
        record.getKey().duplicate().get(key);
        record.setValue(ByteBuffer.wrap(value));
        record.setHeaders(
                Map.of(
                        ClusterSecret.MAC_HEADER,
                        ByteBuffer.wrap(new ClusterSecret(SECRET).mac("epochs", key, value))));
        record.getOrigin().setOffset(offset);
        return record;
    }
}
