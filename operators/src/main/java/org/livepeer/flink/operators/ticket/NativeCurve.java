package org.livepeer.flink.operators.ticket;

import fr.acinq.secp256k1.Secp256k1CFunctions;
import fr.acinq.secp256k1.Secp256k1Exception;
import fr.acinq.secp256k1.jni.OSInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.hash.Keccak256;

/**
 * {@link Secp256k1} by libsecp256k1. The library is unpacked to a file of its own for each class
 * loader, since a process takes a file in for one class loader only: so every job that is started
 * in a TaskManager has it, and it goes with the job's classes. The binding's own way of unpacking
 * leaves each such file behind until the process ends, which a job that restarts again and again
 * fills a disk with.
 */
final class NativeCurve implements Secp256k1 {
    private static final byte[] HALF_ORDER =
            HexFormat.of()
                    .parseHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    private static final int WORD = 32;

    /** Of the library; any thread may use it. */
    private final long context = Loaded.CONTEXT;

    /** The library, once for these classes. */
    private static final class Loaded {
        private static final long CONTEXT = load();

        private static long load() {
            String machine = OSInfo.getNativeSuffix();
            String name = System.mapLibraryName("secp256k1-jni");
            try (InputStream packed =
                    OSInfo.class.getResourceAsStream("native/" + machine + "/" + name)) {
                if (packed == null) {
                    throw new UnsatisfiedLinkError("there is no libsecp256k1 for " + machine);
                }
                Path file = Files.createTempFile("secp256k1-", "-" + name);
                try {
                    Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
                    System.load(file.toString());
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("libsecp256k1 cannot be unpacked", e);
            }
            return Secp256k1CFunctions.secp256k1_context_create(
                    Secp256k1CFunctions.SECP256K1_CONTEXT_SIGN
                            | Secp256k1CFunctions.SECP256K1_CONTEXT_VERIFY);
        }
    }

    /** A public key, and its account. */
    private record Known(byte[] key, EthAddress account) {}

    /** Tickets come many at a time from one sender, whose key need not be hashed each time. */
    private volatile @Nullable Known last;

    /**
     * @throws LinkageError when there is none for this machine, or it cannot be unpacked
     */
    NativeCurve() {}

    @Override
    public Optional<EthAddress> recover(byte[] digest, byte[] signature, int recovery) {
        if (Arrays.compareUnsigned(signature, WORD, 2 * WORD, HALF_ORDER, 0, WORD) > 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    account(
                            Secp256k1CFunctions.secp256k1_ecdsa_recover(
                                    context, signature, digest, recovery)));
        } catch (Secp256k1Exception e) {
            return Optional.empty();
        }
    }

    private EthAddress account(byte[] uncompressed) {
        Known known = last;
        if (known == null || !Arrays.equals(known.key(), uncompressed)) {
            known =
                    new Known(
                            uncompressed,
                            EthAddress.of(
                                    Keccak256.of(
                                            Arrays.copyOfRange(
                                                    uncompressed, 1, uncompressed.length))));
            last = known;
        }
        return known.account();
    }

    @Override
    public byte[] sign(byte[] digest, byte[] privateKey) {
        EthAddress own = address(privateKey);
        byte[] signature =
                Secp256k1CFunctions.secp256k1_ecdsa_sign(context, digest, privateKey, null);
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
        if (privateKey.length != WORD
                || Secp256k1CFunctions.secp256k1_ec_seckey_verify(context, privateKey) != 1) {
            throw new IllegalArgumentException("this is no private key of secp256k1");
        }
        return account(Secp256k1CFunctions.secp256k1_ec_pubkey_create(context, privateKey));
    }
}
