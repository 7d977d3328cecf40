package org.livepeer.flink.connectors.edge.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.schemas.Event;

class CutBackTest {
    private final CutBack rule = new CutBack();
    private long offset;

    private void take(String history, long number, long attempt, String type, boolean wanted) {
        Event event =
                Event.newBuilder()
                        .setStream(history)
                        .setSequence(number)
                        .setAttempt(attempt)
                        .setAtMs(1)
                        .setType(type)
                        .setNumbers(Map.of())
                        .build();
        rule.accept(new Decision(event, offset, 0, offset++), wanted);
    }

    private List<String> kept() {
        return rule.kept().stream()
                .sorted(Decision.ORDER)
                .map(d -> d.event().getSequence() + " " + d.event().getType())
                .toList();
    }

    @Test
    void aLaterAttemptCutsTheHistoryBackToItsNumber() {
        take("a", 1, 1, "one", true);
        take("a", 2, 1, "two", true);
        take("a", 3, 1, "three", true);

        take("a", 2, 2, "two again", true);

        assertThat(kept()).containsExactly("1 one", "2 two again");
    }

    @Test
    void repeatsAndWhatAnEarlierAttemptStillWritesDoNotCount() {
        take("a", 1, 2, "one", true);
        take("a", 1, 2, "repeat", true);
        take("a", 2, 1, "too late", true);
        take("b", 1, 1, "other", true);

        assertThat(kept()).containsExactly("1 one", "1 other");
    }

    @Test
    void anEventThatIsNotWantedStillCuts() {
        take("cell:main", 7, 1, "mine, taken back", true);
        take("cell:main", 7, 2, "of another stream", false);
        take("cell:main", 8, 2, "mine", true);

        assertThat(kept()).containsExactly("8 mine");
    }
}
