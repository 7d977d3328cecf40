package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Numbers and hashes as records carry them. */
public final class Bytes {
    private Bytes() {}

    /** A copy. */
    public static byte[] of(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** An unsigned number; 0 for no bytes. */
    public static BigInteger number(ByteBuffer buffer) {
        return new BigInteger(1, of(buffer));
    }

    /** An unsigned number without zeros in front. */
    public static ByteBuffer of(BigInteger number) {
        return ByteBuffer.wrap(Words.shortest(number));
    }
}
