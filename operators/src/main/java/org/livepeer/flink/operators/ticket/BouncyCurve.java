package org.livepeer.flink.operators.ticket;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.livepeer.flink.operators.hash.Keccak256;

/** {@link Secp256k1} in Java, by Bouncy Castle. */
public final class BouncyCurve implements Secp256k1 {
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    private static final ECDomainParameters DOMAIN =
            new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
    private static final BigInteger ORDER = CURVE.getN();
    private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);
    private static final int WORD = 32;

    @Override
    public Optional<EthAddress> recover(byte[] digest, byte[] signature, int recovery) {
        BigInteger r = new BigInteger(1, Arrays.copyOfRange(signature, 0, WORD));
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, WORD, 2 * WORD));
        if (!isScalar(r) || !isScalar(s) || s.compareTo(HALF_ORDER) > 0) {
            return Optional.empty();
        }
        byte[] compressed = new byte[1 + WORD];
        compressed[0] = (byte) (2 + recovery);
        System.arraycopy(signature, 0, compressed, 1, WORD);
        ECPoint point;
        try {
            point = CURVE.getCurve().decodePoint(compressed);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        BigInteger inverse = r.modInverse(ORDER);
        BigInteger e = new BigInteger(1, digest);
        ECPoint key =
                ECAlgorithms.sumOfTwoMultiplies(
                                CURVE.getG(),
                                inverse.multiply(e).negate().mod(ORDER),
                                point,
                                inverse.multiply(s).mod(ORDER))
                        .normalize();
        return key.isInfinity() ? Optional.empty() : Optional.of(address(key));
    }

    private static boolean isScalar(BigInteger value) {
        return value.signum() > 0 && value.compareTo(ORDER) < 0;
    }

    private static EthAddress address(ECPoint key) {
        byte[] uncompressed = key.getEncoded(false);
        return EthAddress.of(
                Keccak256.of(Arrays.copyOfRange(uncompressed, 1, uncompressed.length)));
    }

    @Override
    public byte[] sign(byte[] digest, byte[] privateKey) {
        BigInteger secret = secret(privateKey);
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
        BigInteger[] rs = signer.generateSignature(digest);
        BigInteger s = rs[1].compareTo(HALF_ORDER) > 0 ? ORDER.subtract(rs[1]) : rs[1];
        byte[] signature = new byte[2 * WORD + 1];
        System.arraycopy(Words.word(rs[0]), 0, signature, 0, WORD);
        System.arraycopy(Words.word(s), 0, signature, WORD, WORD);
        EthAddress own = address(privateKey);
        for (int recovery = 0; recovery < 2; recovery++) {
            if (recover(digest, signature, recovery).filter(own::equals).isPresent()) {
                signature[2 * WORD] = (byte) recovery;
                return signature;
            }
        }
        throw new IllegalStateException("a signature whose key cannot be recovered");
    }

    @Override
    public EthAddress address(byte[] privateKey) {
        return address(
                new FixedPointCombMultiplier()
                        .multiply(CURVE.getG(), secret(privateKey))
                        .normalize());
    }

    private static BigInteger secret(byte[] privateKey) {
        BigInteger secret = new BigInteger(1, privateKey);
        if (privateKey.length != WORD || !isScalar(secret)) {
            throw new IllegalArgumentException("this is no private key of secp256k1");
        }
        return secret;
    }
}
