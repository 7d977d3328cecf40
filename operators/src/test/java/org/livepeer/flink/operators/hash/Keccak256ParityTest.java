package org.livepeer.flink.operators.hash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Keccak256ParityTest {
    @ParameterizedTest
    @CsvSource({
        "'',c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        "InsteadOf.TS,cf001c343554064aa33e844aca91c20834418389b21420b7869c262a86712f7e",
        "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23,"
                + "ffb011b0bd95db11b1f74b60c50582c11e588e3db3a046b72316c221599bcfe6"
    })
    void hashesAsTheNetworkDoes(String text, String hash) {
        assertThat(HexFormat.of().formatHex(Keccak256.of(text.getBytes(UTF_8)))).isEqualTo(hash);
    }

    @Test
    void piecesOfAnySizeGiveTheSame() {
        // Given
        byte[] bytes = new byte[2_000];
        new Random(1).nextBytes(bytes);
        byte[] whole = Keccak256.of(bytes);

        for (int piece = 1; piece < 300; piece += 7) {
            // When
            Keccak256 hash = new Keccak256();
            for (int at = 0; at < bytes.length; at += piece) {
                hash.update(bytes, at, Math.min(piece, bytes.length - at));
            }

            // Then
            assertThat(hash.digest()).isEqualTo(whole);
        }
    }
}
