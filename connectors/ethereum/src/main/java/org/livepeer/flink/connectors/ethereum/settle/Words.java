package org.livepeer.flink.connectors.ethereum.settle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.util.Arrays;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What a contract answered or logged: words of 32 bytes, and what they point to. */
public final class Words {
    private static final int LENGTH = 32;
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private final byte[] bytes;

    public Words(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A word.
     *
     * @param index from 0
     * @throws IllegalArgumentException when there are not that many
     */
    byte[] word(int index) {
        int at = Math.multiplyExact(index, LENGTH);
        if (bytes.length - LENGTH < at) {
            throw new IllegalArgumentException(
                    "word " + index + " of " + bytes.length + " bytes is asked for");
        }
        return Arrays.copyOfRange(bytes, at, at + LENGTH);
    }

    /** A word as an unsigned number. */
    public BigInteger number(int index) {
        return new BigInteger(1, word(index));
    }

    /** A number; the largest {@code long} for one that is larger, which contracts use for never. */
    long bounded(int index) {
        return number(index).min(MOST).longValueExact();
    }

    EthAddress address(int index) {
        return EthAddress.of(word(index));
    }

    boolean isTrue(int index) {
        return number(index).signum() != 0;
    }

    /**
     * Bytes of any length.
     *
     * @param index word that says where they begin
     */
    byte[] bytes(int index) {
        BigInteger at = number(index);
        if (at.bitLength() > 31) {
            throw new IllegalArgumentException("bytes at " + at + " are asked for");
        }
        int length = (int) Math.min(Integer.MAX_VALUE, lengthAt(at.intValue()));
        int from = at.intValue() + LENGTH;
        if (bytes.length - from < length) {
            throw new IllegalArgumentException(length + " bytes at " + at + " are asked for");
        }
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private long lengthAt(int at) {
        if (bytes.length - LENGTH < at) {
            throw new IllegalArgumentException("bytes at " + at + " are asked for");
        }
        return new BigInteger(1, Arrays.copyOfRange(bytes, at, at + LENGTH))
                .min(MOST)
                .longValueExact();
    }

    String text(int index) {
        return new String(bytes(index), UTF_8);
    }
}
