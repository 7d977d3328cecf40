package org.livepeer.flink.connectors.edge.orchestrator;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes as a careless or hostile sender would; the same seed damages alike. */
final class Mutations {
    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /**
     * One to four changes: a bit, a byte, a cut, a doubling, a piece of noise, a length blown up.
     */
    byte[] of(byte[] original) {
        byte[] bytes = original.clone();
        for (int i = 1 + below(4); i > 0; i--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes(1 + below(16));
        }
        int at = below(bytes.length);
        byte[] changed = bytes.clone();
        switch (below(6)) {
            case 0 -> changed[at] ^= (byte) (1 << below(8));
            case 1 -> changed[at] = (byte) (new int[] {0, 0x7f, 0x80, 0xff, '%', '/'})[below(6)];
            case 2 -> changed = Arrays.copyOf(bytes, at);
            case 3 -> changed = spliced(bytes, at, Arrays.copyOfRange(bytes, at, bytes.length));
            case 4 -> changed = spliced(bytes, at, bytes(1 + below(32)));
            default ->
                    Arrays.fill(changed, at, Math.min(bytes.length, at + 1 + below(5)), (byte) -1);
        }
        return changed;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(piece);
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }
}
