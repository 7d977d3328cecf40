package org.livepeer.flink.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;

/** Real video, a real broker, a real worker process, while parts of it die. */
class RealVideoIT extends WithWorkerProcess {

    private static List<byte[]> segments(SyntheticOptions options, int count) {
        try (SyntheticSource source = new SyntheticSource(options)) {
            byte[][] segments = new byte[count][];
            for (int i = 0; i < count; i++) {
                segments[i] = source.next().bytes();
            }
            return List.of(segments);
        }
    }

    private void push(long seq, byte[] media, Map<String, String> more) throws Exception {
        rig.pushes
                .pushRaw(stream, seq, 1_000, "P144p30fps16x9", media, more)
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void theStreamGoesOnWhileAWorkerItsChildAndATaskManagerDie() throws Exception {
        List<byte[]> source = segments(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000), 16);
        for (int seq = 0; seq < 16; seq++) {
            push(seq, source.get(seq), Map.of());
            if (seq == 3) {
                worker.killChildren();
            }
            if (seq == 6) {
                worker.kill();
                worker.start();
            }
            if (seq == 10) {
                rig.loseTaskManager(0);
            }
            TimeUnit.MILLISECONDS.sleep(1_000);
        }

        List<ConsumerRecord<byte[], byte[]>> answers = answers(16);

        assertThat(statuses(answers).values()).containsOnly("ok");
        long pixels = 256L * 144 * 30;
        assertThat(answers)
                .allMatch(
                        r -> Long.toString(pixels).equals(TopicTail.header(r, "livepeer-pixels")));
        AccountState account = account(16);
        assertThat(account.getChargedSegments()).isEqualTo(16);
        assertThat(Fraction.of(account.getFees())).isEqualTo(Fraction.of(16 * pixels * PRICE));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }
}
