package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0,ETH,0",
        "123456789012345678901234567890,LPT,123456789012345678901234567890",
        "5wei,ETH,5",
        "1.5eth,ETH,1500000000000000000",
        "0.000000000000000001lpt,LPT,1",
        "20 GWEI,ETH,20000000000"
    })
    void isExact(String text, String counted, String wei) {
        assertThat(Amount.parse(text, counted)).isEqualTo(wei);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5",
                "0.5wei",
                "1.5.5eth",
                "five",
                "1euro",
                "eth",
                ".5eth",
                "1e9"
            })
    void orIsRefused(String text) {
        assertThatThrownBy(() -> Amount.parse(text, "ETH"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1lpt,ETH", "1eth,LPT", "1gwei,LPT", "1wei,LPT"})
    void etherIsNoTokens(String text, String counted) {
        assertThatThrownBy(() -> Amount.parse(text, counted))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }
}
