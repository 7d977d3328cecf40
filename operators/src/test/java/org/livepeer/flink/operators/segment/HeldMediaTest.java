package org.livepeer.flink.operators.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.schemas.Coordinates;

class HeldMediaTest {
    private long now = 1_000;
    private final HeldMedia media = new HeldMedia(100, 30_000, () -> now);

    @Test
    void givesWhatItHoldsAsOftenAsItIsAskedUntilItIsDropped() {
        media.hold(at(1), bytes(40));

        ByteBuffer first = media.find(at(1));
        assertThat(first).isEqualTo(bytes(40));
        first.position(10);
        assertThat(media.find(at(1))).as("a reader moves only its own view").isEqualTo(bytes(40));

        media.drop(at(1));
        assertThat(media.find(at(1))).isNull();
    }

    @Test
    void theOldestGoesWhenThereIsTooMuch() {
        media.hold(at(1), bytes(40));
        media.hold(at(2), bytes(40));
        media.hold(at(3), bytes(40));

        assertThat(media.find(at(1))).isNull();
        assertThat(media.find(at(2))).isNotNull();
        assertThat(media.find(at(3))).isNotNull();
    }

    @Test
    void whatIsDroppedMakesRoom() {
        media.hold(at(1), bytes(60));
        media.drop(at(1));
        media.drop(at(1));
        media.hold(at(2), bytes(60));
        media.hold(at(2), bytes(60));
        media.hold(at(3), bytes(40));

        assertThat(media.find(at(2))).isNotNull();
        assertThat(media.find(at(3))).isNotNull();
    }

    @Test
    void nothingStaysForLongerThanItsTime() {
        media.hold(at(1), bytes(10));
        now += 30_001;
        media.hold(at(2), bytes(10));

        assertThat(media.find(at(1))).isNull();
        assertThat(media.find(at(2))).isNotNull();
    }

    @Test
    void mediaAboveTheWholeBoundIsNotHeld() {
        media.hold(at(1), bytes(101));

        assertThat(media.find(at(1))).isNull();
    }

    private static Coordinates at(long offset) {
        return new Coordinates("segments", 3, offset, 0L);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }
}
