package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waitsHalfAsLongAgainEachTime() {
        Backoff backoff = new Backoff(() -> 0.5);

        assertThat(Stream.generate(backoff::next).limit(4).map(Duration::toMillis))
                .containsExactly(500L, 750L, 1125L, 1687L);
    }

    @Test
    void waitsAMinuteAtMostAndUpToHalfMore() {
        // Given
        Backoff longest = new Backoff(() -> 1);

        // When
        List<Duration> waits = Stream.generate(longest::next).limit(50).toList();

        // Then
        assertThat(waits.get(0)).isEqualTo(Duration.ofMillis(750));
        assertThat(waits.get(49)).isEqualTo(Duration.ofSeconds(90));
        assertThat(new Backoff(() -> 0).next()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void beginsAnewAfterASuccess() {
        Backoff backoff = new Backoff(() -> 0.5);
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
    }
}
