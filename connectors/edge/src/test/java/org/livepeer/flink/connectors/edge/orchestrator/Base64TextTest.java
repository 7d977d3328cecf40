package org.livepeer.flink.connectors.edge.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64TextTest {
    @Test
    void readsWhatIsBase64() throws Exception {
        Random random = new Random(1);
        for (int length = 0; length < 100; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(Base64Text.decode(Base64.getEncoder().encodeToString(bytes)))
                    .isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AA\n==", "AA=\r\n=", "AA==\n", "A\nA=="})
    void passesOverLineEnds(String text) throws Exception {
        assertThat(Base64Text.decode(text)).containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource({
        "!,0",
        "A,0",
        "AA,0",
        "AAA,0",
        "AA=,3",
        "AAA=A,4",
        "AA=A,2",
        "AAAA====,4",
        "AA==A,4",
        "====,0",
        "AAAAA,4",
        "AAA!,3",
        "=,0",
        "A=,1"
    })
    void namesTheFirstWrongByteAsGoDoes(String text, int at) {
        assertThatThrownBy(() -> Base64Text.decode(text))
                .isInstanceOf(Base64Text.Malformed.class)
                .hasMessage("illegal base64 data at input byte " + at);
    }

    @Test
    void anythingElseIsMalformedAndNothingElse() {
        Random random = new Random(2);
        for (int i = 0; i < 100_000; i++) {
            char[] text = new char[random.nextInt(20)];
            for (int c = 0; c < text.length; c++) {
                text[c] =
                        (char)
                                (random.nextInt(4) == 0
                                        ? random.nextInt(300)
                                        : 'A' + random.nextInt(40));
            }
            try {
                assertThat(Base64Text.decode(new String(text)).length)
                        .isLessThanOrEqualTo(text.length);
            } catch (Base64Text.Malformed e) {
                assertThat(e.getMessage()).startsWith("illegal base64 data at input byte ");
            }
        }
    }
}
