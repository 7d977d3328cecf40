package org.livepeer.flink.connectors.edge.orchestrator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Standard base64 with padding, read as Go's {@code encoding/base64} reads it: line ends are passed
 * over, the first wrong byte is named, bits behind the last byte are not looked at.
 */
final class Base64Text {
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
    }

    /** Text that is no base64; the message is Go's. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(int at) {
            super("illegal base64 data at input byte " + at, null, false, false);
        }
    }

    private final byte[] in;
    private final byte[] out;
    private int at;
    private int length;

    private Base64Text(String text) {
        in = text.getBytes(StandardCharsets.ISO_8859_1);
        out = new byte[in.length / 4 * 3 + 3];
    }

    static byte[] decode(String text) throws Malformed {
        Base64Text reading = new Base64Text(text);
        while (reading.readGroup()) {
            continue;
        }
        return Arrays.copyOf(reading.out, reading.length);
    }

    /** Reads four characters; false at the end. */
    private boolean readGroup() throws Malformed {
        int group = 0;
        int read = 0;
        while (read < 4) {
            skipLineEnds();
            if (at == in.length) {
                if (read == 0) {
                    return false;
                }
                throw new Malformed(at - read);
            }
            byte c = in[at++];
            if (c == '=') {
                readPadding(read);
                put(group << 6 * (4 - read), read - 1);
                return false;
            }
            if (c < 0 || VALUES[c] < 0) {
                throw new Malformed(at - 1);
            }
            group = group << 6 | VALUES[c];
            read++;
        }
        put(group, 3);
        return true;
    }

    private void readPadding(int read) throws Malformed {
        if (read < 2) {
            throw new Malformed(at - 1);
        }
        if (read == 2) {
            skipLineEnds();
            if (at == in.length) {
                throw new Malformed(at);
            }
            if (in[at] != '=') {
                throw new Malformed(at - 1);
            }
            at++;
        }
        skipLineEnds();
        if (at < in.length) {
            throw new Malformed(at);
        }
    }

    private void put(int group, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out[length++] = (byte) (group >> 16 - 8 * i);
        }
    }

    private void skipLineEnds() {
        while (at < in.length && (in[at] == '\r' || in[at] == '\n')) {
            at++;
        }
    }
}
