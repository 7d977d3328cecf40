package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.jobs.cli.Livepeer;
import org.livepeer.flink.jobs.cluster.ProcessCluster;

/** The {@code livepeer} command's processes beside a cluster, all with one secret and one store. */
public final class Nodes {
    private static final Duration READY = Duration.ofSeconds(120);

    private final ProcessCluster cluster;
    private final Path work;
    private final Path secret;
    private final Map<String, Integer> adminPorts = new LinkedHashMap<>();

    public Nodes(ProcessCluster cluster, Path work, Path secret) {
        this.cluster = cluster;
        this.work = work;
        this.secret = secret;
    }

    public void transcoder(String name, String preset) {
        start(
                name,
                "-transcoder",
                List.of("-serviceAddr", "127.0.0.1:" + port(), "-preset", preset, "-slots", "1"));
    }

    /** Answers where it is reached. */
    public URI edge(String name, String... more) {
        int port = port();
        start(name, "-edge", List.of("-httpPort", Integer.toString(port)), more);
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Submits the job to the cluster and runs an edge; answers where that is reached. */
    public URI orchestrator(String name, String... more) {
        int port = port();
        start(
                name,
                "-orchestrator",
                List.of("-flink", cluster.restUrls(), "-httpPort", Integer.toString(port)),
                more);
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Runs {@code livepeer upgrade} to its end. */
    public void upgrade(String name, String... more) {
        start(name, "upgrade", List.of("-flink", cluster.restUrls()), more);
        cluster.awaitExit(name);
    }

    /** The admin port of each process, by name. */
    public Map<String, Integer> adminPorts() {
        return adminPorts;
    }

    /** Waits until a process says that it is ready. */
    public void awaitReady(String name) throws InterruptedException {
        URI ready = URI.create("http://127.0.0.1:" + adminPorts.get(name) + "/readyz");
        HttpClient http = HttpClient.newHttpClient();
        long end = System.nanoTime() + READY.toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                HttpResponse<String> answer =
                        http.send(
                                HttpRequest.newBuilder(ready).build(),
                                HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return;
                }
                last = answer.body();
            } catch (IOException e) {
                last = e.toString();
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new AssertionError(name + " is not ready: " + last);
    }

    private void start(String name, String role, List<String> flags, String... more) {
        int admin = port();
        adminPorts.put(name, admin);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                role,
                                "-kafka",
                                cluster.bootstrapServers(),
                                "-cliAddr",
                                Integer.toString(admin),
                                "-dataDir",
                                work.resolve(name + "-data").toString(),
                                "-storeDir",
                                work.resolve("store").toString(),
                                "-orchSecret",
                                secret.toString()));
        arguments.addAll(flags);
        arguments.addAll(List.of(more));
        cluster.java(
                name,
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                List.of(
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlivepeer.home=" + Path.of("target", "livepeer").toAbsolutePath()),
                Livepeer.class.getName(),
                arguments,
                Map.of());
    }

    /** Waits until the ledger has an account and so many workers have announced themselves. */
    public static void awaitReady(KafkaAddress kafka, int workers) {
        try (TopicTail ledger = new TopicTail(kafka, Topics.LEDGER)) {
            ledger.until(all -> !all.isEmpty(), READY);
        }
        awaitWorkers(kafka, workers);
    }

    /** Waits until so many workers have announced themselves. */
    public static void awaitWorkers(KafkaAddress kafka, int workers) {
        try (TopicTail beats = new TopicTail(kafka, Topics.WORKERS)) {
            beats.until(
                    all ->
                            all.stream().map(r -> new String(r.key(), UTF_8)).distinct().count()
                                    == workers,
                    READY);
        }
    }

    public static int port() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
