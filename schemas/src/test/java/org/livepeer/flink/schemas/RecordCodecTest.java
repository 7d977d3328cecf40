package org.livepeer.flink.schemas;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
    private static final int HEADER = 10;

    private static final RecordCodec<Segment> CODEC = RecordCodec.of(Segment.class);

    private static byte[] segment() {
        return CODEC.encode(
                Segment.newBuilder().setManifestId("cam").setSeq(1).setDurationMs(2000).build());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 1L << 32, Integer.MAX_VALUE, Long.MIN_VALUE})
    void anAbsurdNumberOfItemsIsDamage(long count) throws Exception {
        // Given
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(segment(), 0, HEADER);
        BinaryEncoder body = EncoderFactory.get().directBinaryEncoder(bytes, null);
        body.writeString("cam");
        body.writeLong(1);
        body.writeLong(2000);
        body.writeLong(count);

        // Then
        assertThatThrownBy(() -> CODEC.decode(bytes.toByteArray()))
                .isInstanceOf(RecordCodec.UndecodableException.class)
                .hasMessageContaining("damaged Segment body");
    }

    @Test
    void aRecordThatWasCutIsDamage() {
        byte[] whole = segment();
        for (int length = HEADER; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CODEC.decode(cut))
                    .isInstanceOf(RecordCodec.UndecodableException.class);
        }
    }
}
