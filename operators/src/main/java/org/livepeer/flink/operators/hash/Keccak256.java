package org.livepeer.flink.operators.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Keccak-256 as Ethereum uses it: the sponge of rate 136 with the padding that SHA-3 had before it
 * became a standard (first pad bit 1, no domain bits). For one thread at a time.
 */
public final class Keccak256 {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int RATE = 136;
    private static final int ROUNDS = 24;

    /** Rotation of the word that each step of rho and pi moves on, and where it goes. */
    private static final int[] ROTATION = new int[24];

    private static final int[] LANE = new int[24];
    private static final long[] CONSTANTS = new long[ROUNDS];

    static {
        int x = 1;
        int y = 0;
        for (int t = 0; t < 24; t++) {
            int next = (2 * x + 3 * y) % 5;
            x = y;
            y = next;
            LANE[t] = x + 5 * y;
            ROTATION[t] = (t + 1) * (t + 2) / 2 % 64;
        }
        int lfsr = 1;
        for (int round = 0; round < ROUNDS; round++) {
            for (int j = 0; j < 7; j++) {
                if ((lfsr & 1) != 0) {
                    CONSTANTS[round] ^= 1L << ((1 << j) - 1);
                }
                lfsr = (lfsr << 1) ^ ((lfsr >> 7) * 0x171);
            }
        }
    }

    private final long[] state = new long[25];
    private final long[] parity = new long[5];
    private final byte[] block = new byte[RATE];
    private int filled;

    /** The hash of some bytes, 32 bytes. */
    public static byte[] of(byte[] bytes) {
        Keccak256 hash = new Keccak256();
        hash.update(bytes, 0, bytes.length);
        return hash.digest();
    }

    /** Takes more bytes. */
    public void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int left = length;
        if (filled > 0) {
            int taken = Math.min(left, RATE - filled);
            System.arraycopy(bytes, at, block, filled, taken);
            filled += taken;
            at += taken;
            left -= taken;
            if (filled < RATE) {
                return;
            }
            absorb(block, 0);
            filled = 0;
        }
        while (left >= RATE) {
            absorb(bytes, at);
            at += RATE;
            left -= RATE;
        }
        System.arraycopy(bytes, at, block, 0, left);
        filled = left;
    }

    /** Ends it: 32 bytes. Takes no more afterwards. */
    public byte[] digest() {
        java.util.Arrays.fill(block, filled, RATE, (byte) 0);
        block[filled] = 1;
        block[RATE - 1] |= (byte) 0x80;
        absorb(block, 0);
        byte[] hash = new byte[32];
        for (int i = 0; i < 4; i++) {
            WORD.set(hash, 8 * i, state[i]);
        }
        return hash;
    }

    private void absorb(byte[] bytes, int offset) {
        for (int i = 0; i < RATE / 8; i++) {
            state[i] ^= (long) WORD.get(bytes, offset + 8 * i);
        }
        for (int round = 0; round < ROUNDS; round++) {
            permute(CONSTANTS[round]);
        }
    }

    private void permute(long constant) {
        long[] a = state;
        long[] c = parity;
        for (int x = 0; x < 5; x++) {
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        for (int x = 0; x < 5; x++) {
            long d = c[(x + 4) % 5] ^ Long.rotateLeft(c[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) {
                a[x + y] ^= d;
            }
        }
        long moved = a[1];
        for (int t = 0; t < 24; t++) {
            int lane = LANE[t];
            long kept = a[lane];
            a[lane] = Long.rotateLeft(moved, ROTATION[t]);
            moved = kept;
        }
        for (int y = 0; y < 25; y += 5) {
            long a0 = a[y];
            long a1 = a[y + 1];
            long a2 = a[y + 2];
            long a3 = a[y + 3];
            long a4 = a[y + 4];
            a[y] = a0 ^ (~a1 & a2);
            a[y + 1] = a1 ^ (~a2 & a3);
            a[y + 2] = a2 ^ (~a3 & a4);
            a[y + 3] = a3 ^ (~a4 & a0);
            a[y + 4] = a4 ^ (~a0 & a1);
        }
        a[0] ^= constant;
    }
}
