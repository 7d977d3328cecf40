package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Numbers as the contracts and the wire write them. */
public final class Words {
    /** 2^256 - 1, what certain is as a winning probability. */
    static final BigInteger MOST = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

    private static final int WORD = 32;

    private Words() {}

    /**
     * 32 bytes, big-endian.
     *
     * @throws IllegalArgumentException when the number is below 0 or has more than 256 bits
     */
    public static byte[] word(BigInteger number) {
        if (number.signum() < 0 || number.bitLength() > 256) {
            throw new IllegalArgumentException("a number of the chain has 0 to 256 bits");
        }
        byte[] bytes = new byte[WORD];
        byte[] all = number.toByteArray();
        int length = Math.min(WORD, all.length);
        System.arraycopy(all, all.length - length, bytes, WORD - length, length);
        return bytes;
    }

    /** 32 bytes, big-endian, of a number of 0 or more. */
    static byte[] word(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("a number of the chain has 0 to 256 bits");
        }
        return ByteBuffer.allocate(WORD).putLong(WORD - Long.BYTES, number).array();
    }

    /** As few bytes as hold it, none for 0: how Go writes a big.Int. */
    static byte[] shortest(BigInteger number) {
        byte[] all = number.toByteArray();
        return all[0] == 0 ? java.util.Arrays.copyOfRange(all, 1, all.length) : all;
    }
}
