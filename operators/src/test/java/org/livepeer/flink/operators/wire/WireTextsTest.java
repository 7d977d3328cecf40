package org.livepeer.flink.operators.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.livepeer.flink.operators.Reason;

class WireTextsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    TranscoderInvalidVideo | TranscoderInvalidVideo
                    EmptySegment | TranscoderInvalidVideo
                    InvalidDuration | TranscoderInvalidDuration
                    InvalidClip | TranscoderInvalidClipConfig
                    InvalidProfile | Invalid argument
                    """)
    void whatLiesInTheMediaOrTheQuestionHasTheTextOfLpms(Reason reason, String text) {
        assertThat(WireTexts.of(reason)).contains(text);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void whatAnotherNodeMayDoHasNone(Reason reason) {
        if (reason.retryable()) {
            assertThat(WireTexts.of(reason)).isEmpty();
        }
    }

    @Test
    void capacityAndMoneyHaveNone() {
        assertThat(
                        Set.of(
                                Reason.OrchestratorBusy,
                                Reason.OrchestratorCapped,
                                Reason.InsufficientBalance))
                .allSatisfy(reason -> assertThat(WireTexts.of(reason)).isEmpty());
    }
}
