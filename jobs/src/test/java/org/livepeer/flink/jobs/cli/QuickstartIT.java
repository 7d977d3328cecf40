package org.livepeer.flink.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.jobs.cli.Commands.Said;

/** The README's first command, out of the distribution that was built. */
class QuickstartIT {
    private static final long READY_S = 90;

    @TempDir Path folder;
    private final int[] ports = new int[7];
    private final List<Process> started = new ArrayList<>();

    QuickstartIT() throws IOException {
        for (int i = 0; i < ports.length; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports[i] = socket.getLocalPort();
            }
        }
    }

    @AfterEach
    void stop() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start(String log, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "target/livepeer/bin/livepeer",
                                "quickstart",
                                "-dataDir",
                                folder.resolve("data").toString(),
                                "-kafkaPort",
                                Integer.toString(ports[0]),
                                "-flinkPort",
                                Integer.toString(ports[1]),
                                "-httpPort",
                                Integer.toString(ports[2]),
                                "-serviceAddr",
                                "127.0.0.1:" + ports[3],
                                "-workerAddr",
                                "127.0.0.1:" + ports[5],
                                "-cliAddr",
                                Integer.toString(ports[4])));
        command.addAll(List.of(more));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(folder.resolve(log + ".out").toFile())
                        .redirectError(folder.resolve(log + ".err").toFile());
        builder.environment().put("LIVEPEER_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        started.add(process);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_S);
        while (!Files.readString(folder.resolve(log + ".out")).contains("ready ")
                && process.isAlive()
                && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        assertThat(Files.readString(folder.resolve(log + ".out")))
                .as(Files.readString(folder.resolve(log + ".err")))
                .endsWith("ready http://127.0.0.1:" + ports[2] + "\n");
        return process;
    }

    private Said run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of(
                        "-kafka",
                        "127.0.0.1:" + ports[0],
                        "-dataDir",
                        folder.resolve("data").toString()));
        return Commands.run(all.toArray(new String[0]));
    }

    private HttpResponse<byte[]> get(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void itPlaysSurvivesAKillWithItsBalancesAndStopsCleanly() throws Exception {
        Process first = start("first");
        String playlist =
                new String(get(ports[2], "/stream/demo/P240p30fps16x9.m3u8").body(), UTF_8);
        String media = playlist.lines().filter(l -> l.endsWith(".ts")).findFirst().orElseThrow();
        HttpResponse<byte[]> segment = get(ports[2], "/stream/demo/" + media);
        assertThat(segment.statusCode()).isEqualTo(200);
        assertThat(segment.body()[0]).isEqualTo((byte) 0x47);
        assertThat(get(ports[4], "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(ports[1], "/jobs/overview").statusCode()).isEqualTo(200);
        assertThat(run("credit", "--manifest", "demo", "--wei", "12345").exitCode()).isZero();
        // A checkpoint later.
        Thread.sleep(2_500);

        first.destroyForcibly().waitFor();
        Process second = start("second");

        assertThat(run("ledger", "demo", "--json").out()).contains("\"granted\":\"12345\"");
        assertThat(run("ledger", "--check").exitCode()).isZero();

        List<ProcessHandle> children = second.descendants().toList();
        assertThat(children).as("the push and the transcoding processes").hasSizeGreaterThan(1);
        second.destroy();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(folder.resolve("second.out")).lines()).hasSize(1);
        for (ProcessHandle child : children) {
            child.onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(Files.readString(folder.resolve("second.err"))).doesNotContain("Exception");
    }

    @Test
    void onAChainAGatewayPaysAndWhatWinsIsShown() throws Exception {
        Path packages = devnetPackages();
        Files.createDirectories(folder.resolve("data/devnet/packages"));
        Files.createSymbolicLink(folder.resolve("data/devnet/packages/node_modules"), packages);
        Process node =
                start("chain", "-network", "devnet", "-chainPort", Integer.toString(ports[6]));
        String out = Files.readString(folder.resolve("chain.out"));
        assertThat(out).containsPattern("gateway 0x[0-9a-fA-F]{40} pays with tickets");

        String tickets = "";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_S);
        while (!tickets.contains("\"state\"") && System.nanoTime() < end) {
            Thread.sleep(500);
            tickets = new String(get(ports[2], "/api/tickets").body(), UTF_8);
        }
        assertThat(tickets).contains("\"faceValue\":\"400000000000\"");
        String streams = new String(get(ports[2], "/api/streams").body(), UTF_8);
        assertThat(streams).contains("\"manifest\":\"wire.0x", "\"playable\":true");
        assertThat(new String(get(ports[2], "/api/job").body(), UTF_8)).contains("\"round\":");
        assertThat(run("tickets").out()).contains("400000000000");

        ProcessHandle anvil =
                node.descendants()
                        .filter(p -> p.info().command().orElse("").endsWith("/anvil"))
                        .findFirst()
                        .orElseThrow();
        node.destroy();
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        anvil.onExit().get(10, TimeUnit.SECONDS);
    }

    private static Path devnetPackages() throws Exception {
        try {
            return Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            return Assumptions.abort(e.getMessage());
        }
    }
}
