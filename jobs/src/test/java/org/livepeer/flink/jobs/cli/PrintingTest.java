package org.livepeer.flink.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintingTest {
    @ParameterizedTest
    @CsvSource({
        "12, 12",
        "1/3, 1/3",
        "cell:main, cell:main",
        "25000000000000/10000000000001, ~2.499999",
        "-1/10000000000001, ~-0.000001",
        "100000000000000000000000000000001/10000000000000, ~10000000000000000000.000000",
    })
    void longFractionsAreShownToSixDecimals(String exact, String shown) {
        assertThat(Printing.legible(exact)).isEqualTo(shown);
    }
}
