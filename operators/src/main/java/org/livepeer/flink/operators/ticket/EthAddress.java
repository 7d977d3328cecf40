package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import org.livepeer.flink.operators.hash.Keccak256;

/** An account on Ethereum, 20 bytes. Immutable. */
public final class EthAddress {
    public static final EthAddress ZERO = new EthAddress(new byte[20]);
    private static final int LENGTH = 20;

    private final byte[] bytes;

    private EthAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Of bytes as Go reads them: the last 20, or with zeros in front. */
    public static EthAddress of(byte[] given) {
        byte[] bytes = new byte[LENGTH];
        int length = Math.min(LENGTH, given.length);
        System.arraycopy(given, given.length - length, bytes, LENGTH - length, length);
        return new EthAddress(bytes);
    }

    /**
     * Of its text.
     *
     * @param text 0x and 40 hex digits, capitals or not
     * @throws IllegalArgumentException when it is anything else
     */
    public static EthAddress parse(String text) {
        if (!text.matches("0x[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException("'" + text + "' must be 0x and 40 hex digits");
        }
        return new EthAddress(HexFormat.of().parseHex(text.substring(2)));
    }

    /** Its bytes, a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@code 0x} and 40 digits in lower case, as records name it. */
    public String lower() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    public boolean isZero() {
        return equals(ZERO);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EthAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** {@code 0x} and the digits with the capitals of EIP-55. */
    @Override
    public String toString() {
        char[] hex = HexFormat.of().formatHex(bytes).toCharArray();
        byte[] hash = Keccak256.of(new String(hex).getBytes(US_ASCII));
        for (int i = 0; i < hex.length; i++) {
            if ((hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf) >= 8) {
                hex[i] = Character.toUpperCase(hex[i]);
            }
        }
        return "0x" + new String(hex);
    }
}
