package org.livepeer.flink.jobs.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.node.Node;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything on this machine: broker, cluster, job, worker, page, and a stream to look at. */
@Command(name = "quickstart", description = "Run everything on embedded parts and stream into it.")
final class QuickstartCommand implements Callable<Integer> {
    @Mixin NodeFlags flags = new NodeFlags();

    @Option(
            names = {"-input", "--input"},
            paramLabel = "FILE",
            description = "stream this file instead of a synthetic 720p source")
    @Nullable Path input;

    @Option(
            names = {"-manifest", "--manifest"},
            defaultValue = "demo",
            description = "name of the stream (default: ${DEFAULT-VALUE})")
    String manifest = "demo";

    @Option(
            names = {"-profiles", "--profiles"},
            defaultValue = "P240p30fps16x9,P360p30fps16x9",
            description = "the ladder (default: ${DEFAULT-VALUE})")
    String profiles = "";

    @Override
    public Integer call() throws Exception {
        flags.serveGatewaysAt("127.0.0.1:8935");
        NodeOptions options = flags.options(EnumSet.allOf(Role.class));
        List<Process> children = new CopyOnWriteArrayList<>();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> children.forEach(Process::destroy), "shutdown-push"));
        Node node =
                Node.start(
                        options, EnumSet.allOf(Role.class), () -> children.add(startPush(options)));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        String page = "http://" + options.bind() + ":" + options.ports().http();
        awaitPlayable(page, node);
        System.out.println("ready " + page);
        System.out.flush();
        node.awaitEnd();
        return 0;
    }

    /** In a process of its own: foreign media cannot take the node with it. */
    private Process startPush(NodeOptions options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                                "-Dorg.bytedeco.javacpp.maxBytes=0",
                                "-Dorg.bytedeco.javacpp.cachedir="
                                        + options.dataDir().resolve("worker").resolve("native"),
                                "-cp",
                                System.getProperty("java.class.path", ""),
                                Livepeer.class.getName(),
                                "push",
                                "-kafka",
                                options.address().bootstrapServers(),
                                "-topicPrefix",
                                options.topicPrefix(),
                                "-manifest",
                                manifest,
                                "-profiles",
                                profiles,
                                "-quiet",
                                "-parent"));
        if (!options.kafkaConfig().isEmpty()) {
            command.addAll(List.of("-kafkaConfig", options.kafkaConfig()));
        }
        command.add(input == null ? "synthetic" : input.toAbsolutePath().toString());
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void awaitPlayable(String page, Node node) throws InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        String first = profiles.startsWith("[") ? "" : profiles.split(",")[0].trim();
        URI playlist = URI.create(page + "/stream/" + manifest + "/" + first + ".m3u8");
        while (!node.ended().isDone()) {
            try {
                HttpResponse<String> response =
                        http.send(
                                HttpRequest.newBuilder(playlist).build(),
                                HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200 && response.body().contains("#EXTINF")) {
                    return;
                }
            } catch (IOException e) {
                // The edge is not there yet.
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
