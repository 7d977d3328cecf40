package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.livepeer.flink.operators.hash.Keccak256;

/** Signed messages of Ethereum (EIP-191, {@code personal_sign}), as go-livepeer takes them. */
public final class EthSignatures {
    private static final int LENGTH = 65;
    private static final int FIRST_V = 27;
    private static final String PREFIX = "\u0019Ethereum Signed Message:\n";
    private static final int HASH = 32;
    private static final byte[] PREFIX_OF_HASH = (PREFIX + HASH).getBytes(US_ASCII);

    private final Secp256k1 curve;

    public EthSignatures(Secp256k1 curve) {
        this.curve = curve;
    }

    /** What is signed of a message. */
    public static byte[] digest(byte[] message) {
        byte[] prefix =
                message.length == HASH
                        ? PREFIX_OF_HASH
                        : (PREFIX + message.length).getBytes(US_ASCII);
        Keccak256 hash = new Keccak256();
        hash.update(prefix, 0, prefix.length);
        hash.update(message, 0, message.length);
        return hash.digest();
    }

    /**
     * Who signed a message; empty when nobody did: another length than 65, a v other than 27 and
     * 28, an s in the upper half ({@code crypto/verify.go}).
     */
    public Optional<EthAddress> signer(byte[] message, byte[] signature) {
        return signerOf(digest(message), signature);
    }

    private Optional<EthAddress> signerOf(byte[] digest, byte[] signature) {
        if (signature.length != LENGTH) {
            return Optional.empty();
        }
        int recovery = (signature[LENGTH - 1] & 0xff) - FIRST_V;
        if (recovery != 0 && recovery != 1) {
            return Optional.empty();
        }
        return curve.recover(digest, Arrays.copyOf(signature, LENGTH - 1), recovery);
    }

    /** Whether that account signed the message. */
    public boolean verifies(EthAddress signer, byte[] message, byte[] signature) {
        return signer(message, signature).filter(signer::equals).isPresent();
    }

    /**
     * Whether that account signed each message. The curve's tables are larger than a core's near
     * memory: one signature right after the other costs a tenth less than with hashes in between.
     *
     * @param signatures one of each message
     */
    boolean[] verify(EthAddress signer, List<byte[]> messages, List<byte[]> signatures) {
        byte[][] digests = new byte[messages.size()][];
        Arrays.setAll(digests, i -> digest(messages.get(i)));
        boolean[] verified = new boolean[digests.length];
        for (int i = 0; i < digests.length; i++) {
            verified[i] =
                    signerOf(digests[i], signatures.get(i)).filter(signer::equals).isPresent();
        }
        return verified;
    }

    /** Signs a message: r, s, and 27 or 28. */
    public byte[] sign(byte[] message, byte[] privateKey) {
        byte[] signature = curve.sign(digest(message), privateKey);
        signature[LENGTH - 1] += FIRST_V;
        return signature;
    }
}
