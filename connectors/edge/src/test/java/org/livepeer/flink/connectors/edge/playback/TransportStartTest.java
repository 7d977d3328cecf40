package org.livepeer.flink.connectors.edge.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransportStartTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 126_000, 8_589_934_591L})
    void findsTheFirstVideoTimestamp(long ticks) {
        // Given a table, an audio packet, and then video behind an adaptation field
        byte[] media = new byte[4 * 188];
        packet(media, 0, 0x10, 0);
        packet(media, 1, 0x10, 0xc0);
        timestamp(media, 188 + 4, 77);
        packet(media, 2, 0x30, 0xe0);
        timestamp(media, 2 * 188 + 4 + 8, ticks);

        assertThat(TransportStart.of(media)).isEqualTo(ticks);
    }

    @Test
    void knowsNothingOfOtherBytes() {
        byte[] full = new byte[188 * 3];
        Arrays.fill(full, (byte) 0x47);
        assertThat(TransportStart.of(full)).isEqualTo(TransportStart.UNKNOWN);
        assertThat(TransportStart.of(new byte[0])).isEqualTo(TransportStart.UNKNOWN);
        assertThat(TransportStart.of(new byte[187])).isEqualTo(TransportStart.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "90000,2000,270000,true",
        "90000,2000,300000,true",
        "90000,2000,0,false",
        "90000,2000,9000000,false",
        "8589934000,2000,179408,true",
        "-1,2000,0,true",
        "90000,2000,-1,true",
    })
    void tellsWhatRunsOn(long before, long durationMs, long next, boolean runsOn) {
        assertThat(TransportStart.runsOn(before, durationMs, next)).isEqualTo(runsOn);
    }

    private static void packet(byte[] media, int index, int control, int streamId) {
        int at = index * 188;
        media[at] = 0x47;
        media[at + 1] = 0x40;
        media[at + 3] = (byte) control;
        int payload = at + 4;
        if (control == 0x30) {
            media[payload] = 7;
            payload += 8;
        }
        if (streamId != 0) {
            media[payload + 2] = 1;
            media[payload + 3] = (byte) streamId;
            media[payload + 7] = (byte) 0x80;
        }
    }

    private static void timestamp(byte[] media, int pes, long ticks) {
        media[pes + 9] = (byte) (0x21 | (ticks >> 29 & 0x0e));
        media[pes + 10] = (byte) (ticks >> 22);
        media[pes + 11] = (byte) (ticks >> 14 | 1);
        media[pes + 12] = (byte) (ticks >> 7);
        media[pes + 13] = (byte) (ticks << 1 | 1);
    }
}
