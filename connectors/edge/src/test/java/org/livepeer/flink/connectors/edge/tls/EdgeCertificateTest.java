package org.livepeer.flink.connectors.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeCertificateTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    @Test
    void hasTheFormOfGoLivepeers() throws Exception {
        X509Certificate made = EdgeCertificate.make("orchestrator.example", NOW).certificate();

        made.verify(made.getPublicKey());
        assertThat(((ECPublicKey) made.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(made.getVersion()).isEqualTo(3);
        assertThat(made.getBasicConstraints()).isGreaterThan(0);
        assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(made.getKeyUsage()[0]).isTrue();
        assertThat(made.getKeyUsage()[5]).isTrue();
        assertThat(List.copyOf(made.getSubjectAlternativeNames()))
                .isEqualTo(List.of(List.of(2, "orchestrator.example")));
        assertThat(made.getNotBefore().toInstant()).isEqualTo(NOW);
        assertThat(made.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(8_765)));
    }

    @Test
    void namesAnAddressAsOne() throws Exception {
        X509Certificate made = EdgeCertificate.make("127.0.0.1", NOW).certificate();

        assertThat(List.copyOf(made.getSubjectAlternativeNames()))
                .isEqualTo(List.of(List.of(7, "127.0.0.1")));
    }
}
