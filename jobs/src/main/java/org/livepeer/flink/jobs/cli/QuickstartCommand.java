package org.livepeer.flink.jobs.cli;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.jobs.node.Node;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.Role;
import org.livepeer.flink.operators.ticket.EthAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Everything on this machine: broker, cluster, job, worker, page, and a stream to look at; with
 * {@code -network devnet} also a chain, on which a gateway pays for the stream with tickets.
 */
@Command(
        name = "quickstart",
        description =
                "Run everything on embedded parts and stream into it. -network devnet adds a chain for"
                        + " development, and a gateway that pays there (needs Node 20 with npm).")
final class QuickstartCommand implements Callable<Integer> {
    private static final String WIRE = "127.0.0.1:8935";

    /** wei of a pixel: the stream costs as much as a winning ticket pays every few seconds. */
    private static final String PRICE = "12000";

    /** A ticket counts for two rounds: this is time enough to start everything again. */
    private static final long ROUND_BLOCKS = 300;

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

    @Option(
            names = {"-chainPort", "--chainPort"},
            defaultValue = "8545",
            description = "the chain for development (default: ${DEFAULT-VALUE})")
    int chainPort = 8545;

    @Override
    public Integer call() throws Exception {
        flags.serveGatewaysAt(WIRE);
        Gateway gateway = flags.chain.needsDevnet() ? startDevnet() : null;
        NodeOptions options = flags.options(EnumSet.allOf(Role.class));
        List<Process> children = new CopyOnWriteArrayList<>();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> children.forEach(Process::destroy), "shutdown-push"));
        Node node =
                Node.start(
                        options,
                        EnumSet.allOf(Role.class),
                        () -> {
                            if (gateway == null) {
                                children.add(startPush(options, null));
                            }
                        });
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        if (gateway != null) {
            awaitReady(options, node);
            children.add(startPush(options, gateway));
        }
        String page = "http://" + options.bind() + ":" + options.ports().http();
        awaitPlayable(page, gateway == null ? manifest : gateway.stream(), node);
        if (gateway != null) {
            System.out.println(
                    "gateway "
                            + gateway.account()
                            + " pays with tickets; those that win are redeemed when their secret"
                            + " may be shown, 40 blocks later");
        }
        System.out.println("ready " + page);
        System.out.flush();
        node.awaitEnd();
        return 0;
    }

    /** An account that pays, and the files of its key. */
    private record Gateway(String account, Path keystore, Path passphrase, String stream) {}

    /** Starts a chain, has the node stand on it, and names the account that is to pay there. */
    private Gateway startDevnet() throws IOException, InterruptedException {
        Path folder = flags.connection.dataDir.toAbsolutePath().resolve("devnet");
        Devnet devnet =
                Devnet.start(
                        new Devnet.Options(
                                folder,
                                Packages.in(folder.resolve("packages")),
                                chainPort,
                                Duration.ofSeconds(1),
                                "https://" + flags.serviceAddr(),
                                ROUND_BLOCKS));
        Runtime.getRuntime().addShutdownHook(new Thread(devnet::close, "shutdown-devnet"));
        flags.chain.use(devnet, folder);
        flags.askAtLeast(PRICE);
        String account = devnet.facts().gateway();
        return new Gateway(
                account,
                folder.resolve("gateway"),
                folder.resolve("gateway.passphrase"),
                StreamName.of(EthAddress.parse(account), ByteString.copyFromUtf8(manifest)));
    }

    /** In a process of its own: foreign media cannot take the node with it. */
    private Process startPush(NodeOptions options, @Nullable Gateway gateway) throws IOException {
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
                                "-manifest",
                                manifest,
                                "-profiles",
                                profiles,
                                "-quiet",
                                "-parent"));
        if (gateway == null) {
            command.addAll(List.of("-kafka", options.address().bootstrapServers()));
            command.addAll(List.of("-topicPrefix", options.topicPrefix()));
            if (!options.kafkaConfig().isEmpty()) {
                command.addAll(List.of("-kafkaConfig", options.kafkaConfig()));
            }
        } else {
            command.addAll(List.of("-orchAddr", flags.serviceAddr()));
            command.addAll(List.of("-ethKeystorePath", gateway.keystore().toString()));
            command.addAll(List.of("-ethPassword", gateway.passphrase().toString()));
        }
        command.add(input == null ? "synthetic" : input.toAbsolutePath().toString());
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A gateway is refused before that. */
    private static void awaitReady(NodeOptions options, Node node) throws InterruptedException {
        URI ready =
                URI.create(
                        "http://"
                                + options.admin().getHostString()
                                + ":"
                                + options.admin().getPort()
                                + "/readyz");
        await(node, ready, "ready");
    }

    private void awaitPlayable(String page, String stream, Node node) throws InterruptedException {
        String first = profiles.startsWith("[") ? "" : profiles.split(",")[0].trim();
        await(node, URI.create(page + "/stream/" + stream + "/" + first + ".m3u8"), "#EXTINF");
    }

    private static void await(Node node, URI address, String word) throws InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        while (!node.ended().isDone()) {
            try {
                HttpResponse<String> response =
                        http.send(
                                HttpRequest.newBuilder(address).build(),
                                HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200 && response.body().contains(word)) {
                    return;
                }
            } catch (IOException e) {
                // It is not there yet.
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
