package org.livepeer.flink.operators.ticket;

/** Signs as an account of Ethereum, wherever its key is. */
public interface MessageSigner {
    /** Whose signatures they are. */
    EthAddress address();

    /**
     * Signs a message (EIP-191, {@code personal_sign}).
     *
     * @return 65 bytes: r, s, and 27 or 28
     */
    byte[] sign(byte[] message);
}
