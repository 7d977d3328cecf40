package org.livepeer.flink.operators.hash;

import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * Keccak-256 as Ethereum uses it: with the padding that SHA-3 had before it became a standard. For
 * one thread at a time.
 */
public final class Keccak256 {
    private static final int BITS = 256;

    private final KeccakDigest digest = new KeccakDigest(BITS);

    /** The hash of some bytes, 32 bytes. */
    public static byte[] of(byte[] bytes) {
        Keccak256 hash = new Keccak256();
        hash.update(bytes, 0, bytes.length);
        return hash.digest();
    }

    /** Takes more bytes. */
    public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    /** Ends it: 32 bytes. */
    public byte[] digest() {
        byte[] hash = new byte[BITS / 8];
        digest.doFinal(hash, 0);
        return hash;
    }
}
