package org.livepeer.flink.connectors.edge.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentObjectsTest {
    private static final ByteBuffer ONE = ByteBuffer.wrap(new byte[] {1});
    private static final ByteBuffer TWO = ByteBuffer.wrap(new byte[] {2});

    private final AtomicLong clock = new AtomicLong();
    private final RecentObjects recent = new RecentObjects(clock::get);

    @Test
    void knowsWhatAKeyHasForTwoMinutes() {
        recent.add("a", ONE);

        assertThat(recent.has("a", ByteBuffer.wrap(new byte[] {1}))).isTrue();
        assertThat(recent.has("a", TWO)).isFalse();
        assertThat(recent.has("b", ONE)).isFalse();
        clock.set(120_000);
        assertThat(recent.has("a", ONE)).isTrue();
        clock.set(120_001);
        assertThat(recent.has("a", ONE)).isFalse();
    }

    @Test
    void whatIsWrittenOverIsNotThereAnyMore() {
        recent.add("a", ONE);
        recent.add("a", TWO);
        assertThat(recent.has("a", ONE)).isFalse();
        assertThat(recent.has("a", TWO)).isTrue();

        recent.forget("a");
        assertThat(recent.has("a", TWO)).isFalse();
    }

    @Test
    void theOldestAreForgotten() {
        for (int i = 0; i <= 20_000; i++) {
            recent.add("k" + i, ONE);
        }

        assertThat(recent.has("k0", ONE)).isFalse();
        assertThat(recent.has("k1", ONE)).isTrue();
        assertThat(recent.has("k20000", ONE)).isTrue();
    }
}
