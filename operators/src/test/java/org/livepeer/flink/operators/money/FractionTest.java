package org.livepeer.flink.operators.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FractionTest {
    @ParameterizedTest
    @CsvSource({"3,3", "6/4,3/2", "-6/4,-3/2", "0.25,1/4", "-1.50,-3/2", "+2.0,2", "' 7 ',7"})
    void readsAmounts(String text, String reduced) {
        assertThat(Fraction.parse(text)).hasToString(reduced);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1e9", "1.", ".5", "1/0", "1.5/2", "0x10", "NaN"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Fraction.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dividesExactly() {
        assertThat(Fraction.of(7, 3).over(Fraction.of(14, 9))).isEqualTo(Fraction.of(3, 2));
        assertThatThrownBy(() -> Fraction.of(1).over(Fraction.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
