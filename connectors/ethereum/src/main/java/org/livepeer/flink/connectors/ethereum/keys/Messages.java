package org.livepeer.flink.connectors.ethereum.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Messages that an operator has the node's account sign. What the account also signs to pay, or
 * what gives its tokens away, is refused.
 */
public final class Messages {
    private static final int HASH = 32;
    private static final int FIRST_V = 27;
    private static final int LENGTH = 65;

    /** EIP-2612: whoever holds it may take the owner's tokens. */
    private static final String PERMIT = "Permit";

    private final AccountKey key;

    public Messages(AccountKey key) {
        this.key = key;
    }

    /**
     * Signs a text (EIP-191, {@code personal_sign}).
     *
     * @return 65 bytes: r, s, and 27 or 28
     * @throws IllegalArgumentException when it may be a ticket
     */
    public byte[] signText(String text) {
        byte[] message = text.getBytes(UTF_8);
        if (message.length == HASH) {
            throw new IllegalArgumentException(
                    "a message of 32 bytes may be the hash of a ticket, which pays: make it longer"
                            + " or shorter");
        }
        return key.sign(message);
    }

    /**
     * Signs typed data (EIP-712).
     *
     * @param json {@code types}, {@code primaryType}, {@code domain} and {@code message}
     * @return 65 bytes: r, s, and 27 or 28
     * @throws IllegalArgumentException when it is none, or lets somebody take tokens
     */
    public byte[] signTyped(String json) {
        TypedData data = TypedData.read(json);
        if (data.primaryType().equals(PERMIT)) {
            throw new IllegalArgumentException(
                    "a Permit lets somebody take the account's tokens: order approve instead");
        }
        byte[] signature = key.signDigest(data.digest());
        signature[LENGTH - 1] += FIRST_V;
        return signature;
    }
}
