package org.livepeer.flink.connectors.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-9,0,9",
        "bytes=10-,10,99",
        "bytes=-5,95,99",
        "bytes=-500,0,99",
        "bytes=90-500,90,99",
        "bytes=9-3,0,99",
        "bytes=-,0,99",
        "'bytes=0-1,4-5',0,99",
        "chunks=0-1,0,99",
    })
    void readsOneRange(String header, long from, long to) throws Exception {
        assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange(from, to));
    }

    @Test
    void withoutAHeaderItIsEverything() throws Exception {
        assertThat(ByteRange.of(null, 100).length()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=-0"})
    void refusesWhatIsNotThere(String header) {
        assertThatThrownBy(() -> ByteRange.of(header, 100))
                .isInstanceOf(ByteRange.Unsatisfiable.class);
    }
}
