package org.livepeer.flink.connectors.edge.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/**
 * A self-signed certificate of ECDSA P-256, as go-livepeer's nodes have ({@code server/cert.go}):
 * nobody on the network verifies it, so it identifies nobody. Made on the first start and kept as
 * {@code cert.pem} and {@code key.pem}, the latter for its owner only; made anew a week before its
 * year is over.
 */
public record EdgeCertificate(PrivateKey key, X509Certificate certificate) {
    private static final Duration VALID = Duration.ofHours(8_765);
    private static final Duration RENEW_BEFORE = Duration.ofDays(7);
    private static final int[] ECDSA_SHA256 = {1, 2, 840, 10045, 4, 3, 2};

    /**
     * The certificate in a folder, made when there is none or it is about to expire.
     *
     * @param host name or address in the certificate
     * @throws IllegalStateException when the files cannot be read or written, with what to do
     */
    public static EdgeCertificate in(Path folder, String host, Instant now) {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        try {
            Files.createDirectories(folder);
            if (Files.exists(certificate) && Files.exists(key)) {
                EdgeCertificate kept = read(certificate, key);
                Date until = kept.certificate().getNotAfter();
                if (until.toInstant().isAfter(now.plus(RENEW_BEFORE))) {
                    return kept;
                }
            }
            EdgeCertificate made = make(host, now);
            write(key, "PRIVATE KEY", made.key().getEncoded());
            write(certificate, "CERTIFICATE", made.certificate().getEncoded());
            return made;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot use the certificate "
                            + certificate
                            + " and its key: make them readable, or delete both so that new ones"
                            + " are made",
                    e);
        }
    }

    static EdgeCertificate make(String host, Instant now) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] signed = body(host, now, pair);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(signed);
        byte[] der =
                Der.sequence(
                        signed,
                        Der.sequence(Der.identifier(ECDSA_SHA256)),
                        Der.bits(0, signature.sign()));
        return new EdgeCertificate(pair.getPrivate(), parse(der));
    }

    private static byte[] body(String host, Instant now, KeyPair pair) {
        // Java takes no certificate whose issuer has no name, so it has one where go-livepeer's has
        // not.
        byte[] name =
                Der.sequence(
                        Der.tagged(
                                0x31,
                                Der.sequence(
                                        Der.identifier(2, 5, 4, 3),
                                        Der.tagged(
                                                0x0c,
                                                "livepeer".getBytes(StandardCharsets.UTF_8)))));
        return Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom()).add(BigInteger.ONE)),
                Der.sequence(Der.identifier(ECDSA_SHA256)),
                name,
                Der.sequence(Der.time(now), Der.time(now.plus(VALID))),
                name,
                pair.getPublic().getEncoded(),
                Der.tagged(
                        0xa3,
                        Der.sequence(
                                // key usage: digital signature and certificate signing
                                extension(15, Der.bits(2, new byte[] {(byte) 0x84})),
                                // extended key usage: server
                                extension(
                                        37,
                                        Der.sequence(Der.identifier(1, 3, 6, 1, 5, 5, 7, 3, 1))),
                                // basic constraints: an authority
                                extension(19, Der.sequence(Der.bool(true))),
                                // subject alternative name
                                extension(17, Der.sequence(alternativeName(host))))));
    }

    private static byte[] extension(int number, byte[] value) {
        return Der.sequence(Der.identifier(2, 5, 29, number), Der.bool(true), Der.octets(value));
    }

    private static byte[] alternativeName(String host) {
        if (host.matches("[0-9.]+") || host.contains(":")) {
            try {
                return Der.tagged(0x87, InetAddress.getByName(host).getAddress());
            } catch (java.net.UnknownHostException e) {
                throw new IllegalArgumentException("no address: " + host, e);
            }
        }
        return Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }

    private static EdgeCertificate read(Path certificate, Path key)
            throws IOException, GeneralSecurityException {
        PrivateKey kept =
                KeyFactory.getInstance("EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(content(key, "PRIVATE KEY")));
        return new EdgeCertificate(kept, parse(content(certificate, "CERTIFICATE")));
    }

    private static byte[] content(Path file, String kind) throws IOException {
        String text =
                Files.readString(file)
                        .replace("-----BEGIN " + kind + "-----", "")
                        .replace("-----END " + kind + "-----", "");
        return Base64.getMimeDecoder().decode(text.trim());
    }

    private static void write(Path file, String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(beside);
        Files.createFile(
                beside,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                beside, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }
}
