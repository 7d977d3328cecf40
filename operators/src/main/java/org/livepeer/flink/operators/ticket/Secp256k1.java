package org.livepeer.flink.operators.ticket;

import java.util.Optional;

/** The curve of Ethereum's signatures. Thread-safe. */
public interface Secp256k1 {
    /**
     * The account that signed.
     *
     * @param digest 32 bytes
     * @param signature 64 bytes r and s, s in the lower half
     * @param recovery 0 or 1
     * @return empty when no key gives that signature
     */
    Optional<EthAddress> recover(byte[] digest, byte[] signature, int recovery);

    /**
     * Signs, the same for the same input (RFC 6979).
     *
     * @param digest 32 bytes
     * @param privateKey 32 bytes
     * @return 65 bytes: r, s in the lower half, recovery 0 or 1
     * @throws IllegalArgumentException when the key is 0 or above the curve's order
     */
    byte[] sign(byte[] digest, byte[] privateKey);

    /**
     * The account of a key.
     *
     * @throws IllegalArgumentException as {@link #sign}
     */
    EthAddress address(byte[] privateKey);
}
