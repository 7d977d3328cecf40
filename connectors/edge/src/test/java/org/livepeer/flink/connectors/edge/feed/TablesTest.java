package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.feed.Tables.Outages;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.RecordCodec;

class TablesTest {
    private final Tables tables = new Tables(null);

    @Test
    void aPauseOfTheJobIsCountedWhenItIsOver() {
        heard(10_000);
        heard(11_000);
        heard(12_900);
        assertThat(tables.outages()).isEqualTo(new Outages(0, 0));

        heard(17_000);
        heard(18_000);
        heard(20_500);

        assertThat(tables.outages()).isEqualTo(new Outages(2, 4_100 + 2_500));
    }

    @Test
    void theFirstWordIsNoOutageAndOneThatIsHeardLateIsNone() {
        heard(1_000_000);
        heard(1_001_000, 1_030_000);

        assertThat(tables.outages()).isEqualTo(new Outages(0, 0));
    }

    private void heard(long atMs) {
        heard(atMs, atMs);
    }

    private void heard(long spokenAtMs, long heardAtMs) {
        byte[] value =
                RecordCodec.of(Liveness.class)
                        .encode(
                                Liveness.newBuilder()
                                        .setCell("main")
                                        .setAttempt(1)
                                        .setAtMs(spokenAtMs)
                                        .build());
        tables.take(
                Topics.LIVENESS,
                new ConsumerRecord<>("liveness", 0, 0, "main".getBytes(UTF_8), value),
                heardAtMs);
    }
}
