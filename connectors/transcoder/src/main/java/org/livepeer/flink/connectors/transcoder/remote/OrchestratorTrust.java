package org.livepeer.flink.connectors.transcoder.remote;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of an orchestrator are taken. A go-livepeer orchestrator makes itself a new
 * one at each start and none of its peers looks at it, so the default is to take any; what keeps
 * strangers out is the shared secret, which a stranger in between could then read.
 */
public final class OrchestratorTrust {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");

    private static final int CONNECT_MS = 2000;

    private final X509ExtendedTrustManager manager;

    private OrchestratorTrust(X509ExtendedTrustManager manager) {
        this.manager = manager;
    }

    /** Any certificate, as go-livepeer does it. */
    public static OrchestratorTrust any() {
        return new OrchestratorTrust(new Any());
    }

    /** Certificates that the system's authorities vouch for, for the name that was called. */
    public static OrchestratorTrust system() {
        return new OrchestratorTrust(new Known(Set.of(), authorities()));
    }

    /**
     * The certificates of a file, and those that the system's authorities vouch for.
     *
     * @param file one or more certificates as PEM
     * @throws IOException when it cannot be read or has no certificate in it
     */
    public static OrchestratorTrust pinned(Path file) throws IOException {
        try {
            Set<ByteBuffer> certificates = new HashSet<>();
            Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (pem.find()) {
                certificates.add(ByteBuffer.wrap(Base64.getMimeDecoder().decode(pem.group(1))));
            }
            if (certificates.isEmpty()) {
                throw new IOException(file + " has no certificate (PEM) in it");
            }
            return new OrchestratorTrust(new Known(certificates, authorities()));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " has a damaged certificate in it", e);
        }
    }

    X509ExtendedTrustManager manager() {
        return manager;
    }

    /**
     * Connections to servers that are trusted. Their TLS is OpenSSL's as Netty brings it: Java's
     * own cannot read a certificate without an issuer's name, and a go-livepeer orchestrator's has
     * none. The caller closes it.
     */
    ClientFactory connections() {
        ClientFactoryBuilder builder = ClientFactory.builder().connectTimeoutMillis(CONNECT_MS);
        return (manager.getClass() == Any.class
                        ? builder.tlsNoVerify()
                        : builder.tlsCustomizer(tls -> tls.trustManager(manager)))
                .build();
    }

    private static X509ExtendedTrustManager authorities() {
        try {
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager found) {
                    return found;
                }
            }
            throw new IllegalStateException("no authorities in this Java");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no authorities in this Java: " + e.getMessage(), e);
        }
    }

    /** Looks at nothing; being an extended one, it is not asked about names either. */
    private static class Any extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {}

        @Override
        public final void checkClientTrusted(
                X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            throw noClients();
        }

        @Override
        public final void checkClientTrusted(
                X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            throw noClients();
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw noClients();
        }

        private static CertificateException noClients() {
            return new CertificateException("only servers are looked at");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A certificate of the list whatever name it is for; of others, what the authorities say. */
    private static final class Known extends Any {
        private final Set<ByteBuffer> pinned;
        private final X509ExtendedTrustManager authorities;

        Known(Set<ByteBuffer> pinned, X509ExtendedTrustManager authorities) {
            this.pinned = pinned;
            this.authorities = authorities;
        }

        private boolean isPinned(X509Certificate[] chain) throws CertificateException {
            return chain.length > 0 && pinned.contains(ByteBuffer.wrap(chain[0].getEncoded()));
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            if (!isPinned(chain)) {
                authorities.checkServerTrusted(chain, type, engine);
            }
        }

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            if (!isPinned(chain)) {
                authorities.checkServerTrusted(chain, type, socket);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            if (!isPinned(chain)) {
                authorities.checkServerTrusted(chain, type);
            }
        }
    }
}
