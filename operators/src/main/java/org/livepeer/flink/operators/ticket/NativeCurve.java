package org.livepeer.flink.operators.ticket;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.livepeer.flink.operators.hash.Keccak256;

/**
 * {@link Secp256k1} by libsecp256k1. The library is unpacked to a file of its own for each class
 * loader, since a process takes a file in for one class loader only: so every job that is started
 * in a TaskManager has it, and it goes with the job's classes.
 */
final class NativeCurve implements Secp256k1 {
    private static final BigInteger HALF_ORDER =
            new BigInteger("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", 16);
    private static final int WORD = 32;

    private final fr.acinq.secp256k1.Secp256k1 library;

    /**
     * @throws LinkageError when there is none for this machine
     * @throws IllegalStateException when it cannot be unpacked
     */
    NativeCurve() {
        library = fr.acinq.secp256k1.Secp256k1.get();
    }

    @Override
    public Optional<EthAddress> recover(byte[] digest, byte[] signature, int recovery) {
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, WORD, 2 * WORD));
        if (s.compareTo(HALF_ORDER) > 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(account(library.ecdsaRecover(signature, digest, recovery)));
        } catch (Secp256k1Exception e) {
            return Optional.empty();
        }
    }

    private static EthAddress account(byte[] uncompressed) {
        return EthAddress.of(
                Keccak256.of(Arrays.copyOfRange(uncompressed, 1, uncompressed.length)));
    }

    @Override
    public byte[] sign(byte[] digest, byte[] privateKey) {
        EthAddress own = address(privateKey);
        byte[] signature = library.sign(digest, privateKey, null);
        for (int recovery = 0; recovery < 2; recovery++) {
            if (recover(digest, signature, recovery).filter(own::equals).isPresent()) {
                byte[] whole = Arrays.copyOf(signature, 2 * WORD + 1);
                whole[2 * WORD] = (byte) recovery;
                return whole;
            }
        }
        throw new IllegalStateException("a signature whose key cannot be recovered");
    }

    @Override
    public EthAddress address(byte[] privateKey) {
        if (privateKey.length != WORD || !library.secKeyVerify(privateKey)) {
            throw new IllegalArgumentException("this is no private key of secp256k1");
        }
        return account(library.pubkeyCreate(privateKey));
    }
}
