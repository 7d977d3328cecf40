package org.livepeer.flink.operators.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.ticket.SeenNonces.Taken;

class SeenNoncesTest {
    @Test
    void takesEachOnceInAnyOrder() {
        List<Long> nonces = new ArrayList<>(List.of(0xffffffffL, 0x80000000L, 0x7fffffffL, 0L));
        for (long nonce = 1; nonce <= 500; nonce++) {
            nonces.add(nonce);
        }
        Collections.shuffle(nonces, new Random(1));
        SeenNonces seen = new SeenNonces();

        for (long nonce : nonces) {
            assertThat(seen.take(nonce)).isEqualTo(Taken.NEW);
            seen = new SeenNonces(seen.toArray());
        }

        Collections.shuffle(nonces, new Random(2));
        for (long nonce : nonces) {
            assertThat(seen.take(nonce)).isEqualTo(Taken.SEEN);
        }
        assertThat(seen.size()).isEqualTo(504);
    }

    @Test
    void takesSixHundredAndStillKnowsThem() {
        SeenNonces seen = new SeenNonces();
        for (long nonce = 1; nonce <= 600; nonce++) {
            assertThat(seen.take(nonce)).isEqualTo(Taken.NEW);
        }

        assertThat(seen.take(601)).isEqualTo(Taken.TOO_MANY);
        assertThat(seen.take(600)).isEqualTo(Taken.SEEN);
        assertThat(seen.size()).isEqualTo(600);
    }
}
