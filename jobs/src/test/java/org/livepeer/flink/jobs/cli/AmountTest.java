package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "123456789012345678901234567890,123456789012345678901234567890",
        "5wei,5",
        "1.5eth,1500000000000000000",
        "0.000000000000000001lpt,1",
        "20 GWEI,20000000000"
    })
    void isExact(String text, String wei) {
        assertThat(Amount.parse(text)).isEqualTo(wei);
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
        assertThatThrownBy(() -> Amount.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
