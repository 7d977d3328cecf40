package org.livepeer.flink.connectors.transcoder.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.ClientFactory;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceDownloadIT {
    @TempDir Path folder;
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    int length = Integer.parseInt(exchange.getRequestURI().getQuery());
                    if (exchange.getRequestURI().getPath().equals("/moved")) {
                        exchange.getResponseHeaders().set("Location", "/direct?" + length);
                        exchange.sendResponseHeaders(302, -1);
                    } else if (exchange.getRequestURI().getPath().equals("/empty")) {
                        exchange.sendResponseHeaders(204, -1);
                    } else {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getResponseBody().write(new byte[length]);
                        if (exchange.getRequestURI().getPath().equals("/stuck")) {
                            exchange.getResponseBody().flush();
                            return;
                        }
                    }
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private long fetch(String path) throws Exception {
        return fetch(path, Duration.ofSeconds(20));
    }

    private long fetch(String path, Duration limit) throws Exception {
        try (ClientFactory connections = OrchestratorTrust.any().connections()) {
            return new SourceDownload(connections, limit, 100_000)
                    .fetch(
                            "http://127.0.0.1:" + server.getAddress().getPort() + path,
                            folder.resolve("source"));
        }
    }

    @Test
    void writesTheWholeBody() throws Exception {
        assertThat(fetch("/direct?100000")).isEqualTo(100_000);
        assertThat(Files.size(folder.resolve("source"))).isEqualTo(100_000);
    }

    @Test
    void followsToAnotherAddress() throws Exception {
        assertThat(fetch("/moved?5")).isEqualTo(5);
    }

    @Test
    void givesUpWhatIsTooLarge() {
        assertThatThrownBy(() -> fetch("/direct?100001"))
                .hasMessage("the source is larger than 100000 bytes");
    }

    @Test
    void givesUpWhatDoesNotEnd() {
        assertThatThrownBy(() -> fetch("/stuck?5", Duration.ofMillis(500)))
                .hasMessage("the source did not come in 500 ms");
    }

    @Test
    void takesStatus200Only() {
        assertThatThrownBy(() -> fetch("/empty?0"))
                .hasMessage("the source answers with status 204");
    }

    @Test
    void nobodyThere() {
        server.stop(0);

        assertThatThrownBy(() -> fetch("/direct?1"))
                .hasMessageStartingWith("the source cannot be fetched");
    }
}
