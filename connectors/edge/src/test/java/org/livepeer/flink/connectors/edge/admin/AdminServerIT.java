package org.livepeer.flink.connectors.edge.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerIT {
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile String waitingFor = "its parts to start";

    private AdminServer start(String host, Path token) {
        meters.counter("livepeer.test").increment();
        return AdminServer.start(
                InetSocketAddress.createUnresolved(host, 0),
                token,
                () -> new ProcessStatus("1.2.3", 5, Map.of("edge", "here"), waitingFor),
                meters,
                Optional::empty,
                new LogLevel() {
                    @Override
                    public int get() {
                        return 3;
                    }

                    @Override
                    public void set(int level) {}
                });
    }

    private static HttpResponse<String> get(AdminServer server, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void tellsWhatItWaitsForAndWhatItCounts() throws Exception {
        try (AdminServer server = start("127.0.0.1", null)) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/healthz").body())
                    .isEqualTo("up, waits for its parts to start\n");
            assertThat(get(server, "/readyz").body()).isEqualTo("waits for its parts to start\n");
            waitingFor = "";
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/status").body())
                    .contains("\"version\":\"1.2.3\"", "\"edge\":\"here\"", "\"ready\":true");
            assertThat(get(server, "/metrics").body()).contains("livepeer_test_total 1.0");
            assertThat(get(server, "/metrics", "Origin", "http://evil.example").statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void elsewhereThanOnLoopbackItAsksForAToken(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> start("0.0.0.0", null)).hasMessageContaining("-adminToken");
        Path token = folder.resolve("token");
        Files.writeString(token, "0123456789abcdef0123\n");
        try (AdminServer server = start("0.0.0.0", token)) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(server, "/status").statusCode()).isEqualTo(401);
            assertThat(
                            get(server, "/metrics", "Authorization", "Bearer 0123456789abcdef0123")
                                    .statusCode())
                    .isEqualTo(200);
        }
    }
}
