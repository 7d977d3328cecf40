package org.livepeer.flink.jobs.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** The images of {@code docker}: built, and a stream from push to playlist through each of them. */
class DockerIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String KAFKA = "kafka:19092";
    private static final String SECRET = "/run/secrets/cluster.secret";

    private String livepeer;
    private String flink;
    private String kafka;
    private final Network network = Network.newNetwork();
    private final List<GenericContainer<?>> containers = new ArrayList<>();

    @BeforeEach
    void build() {
        Images.assume();
        livepeer = Images.livepeer();
        flink = Images.flink();
        kafka = Images.kafka();
    }

    @AfterEach
    void stop() {
        containers.forEach(GenericContainer::stop);
        network.close();
    }

    @Test
    void aStreamGoesThroughContainersAndOnWhenATaskManagerIsKilled() throws Exception {
        // Given a broker, a cluster, a worker and an edge, each in its container
        start(KafkaImage.broker(kafka).withListener(KAFKA).withNetwork(network));
        run("topics", "create", "-kafka", KAFKA, "--replication", "1", "--min-insync", "1");
        start(jobManager());
        GenericContainer<?> taskManager = start(taskManager("taskmanager-1"));
        start(worker());
        GenericContainer<?> edge = start(edge());
        run("submit", "-flink", "http://jobmanager:8081", "-kafka", KAFKA, "-orchSecret", SECRET);

        // When segments are pushed, the TaskManager is killed, another one comes, and more follow
        push("--seq", "0", "--limit", "2");
        taskManager
                .getDockerClient()
                .killContainerCmd(taskManager.getContainerId())
                .withSignal("KILL")
                .exec();
        start(taskManager("taskmanager-2"));
        push("--seq", "2", "--limit", "2");

        // Then the edge plays all of them and the balances are what the events say
        assertThat(playlist(edge)).contains("/0.ts", "/1.ts", "/2.ts", "/3.ts");
        run("ledger", "--check", "--replay", "-kafka", KAFKA);
    }

    private GenericContainer<?> jobManager() {
        return container(flink, "jobmanager")
                .withExposedPorts(8081)
                .withCommand(
                        settings(
                                "jobmanager",
                                "rest.bind-address=0.0.0.0",
                                "jobmanager.bind-host=0.0.0.0"))
                .waitingFor(Wait.forHttp("/overview").withStartupTimeout(PATIENCE));
    }

    private GenericContainer<?> taskManager(String name) {
        return container(flink, name)
                .withCommand(
                        settings(
                                "taskmanager",
                                "taskmanager.host=" + name,
                                "taskmanager.bind-host=0.0.0.0",
                                "taskmanager.memory.process.size=1536m"))
                .waitingFor(
                        Wait.forLogMessage(".*Successful registration at resource manager.*", 1)
                                .withStartupTimeout(PATIENCE));
    }

    /** One JobManager, and no folder that both see. */
    private static String[] settings(String kind, String... own) {
        List<String> command = new ArrayList<>(List.of(kind));
        List<String> all = new ArrayList<>(List.of(own));
        all.add("jobmanager.rpc.address=jobmanager");
        all.add("high-availability.type=NONE");
        all.add("execution.checkpointing.storage=jobmanager");
        all.forEach(setting -> command.addAll(List.of("-D", setting)));
        return command.toArray(String[]::new);
    }

    private GenericContainer<?> worker() {
        return container(livepeer, "worker")
                .withCommand(
                        "-transcoder",
                        "-kafka",
                        KAFKA,
                        "-bind",
                        "0.0.0.0",
                        "-serviceAddr",
                        "worker:8935",
                        "-dataDir",
                        "/data",
                        "-orchSecret",
                        SECRET,
                        "-preset",
                        "ultrafast",
                        "-slots",
                        "1")
                .waitingFor(Wait.forLogMessage(".*running.*", 1).withStartupTimeout(PATIENCE));
    }

    private GenericContainer<?> edge() {
        return container(livepeer, "edge")
                .withExposedPorts(9935)
                .withCommand(
                        "-edge",
                        "-kafka",
                        KAFKA,
                        "-bind",
                        "0.0.0.0",
                        "-httpPort",
                        "9935",
                        "-dataDir",
                        "/data",
                        "-orchSecret",
                        SECRET)
                .waitingFor(Wait.forHttp("/").withStartupTimeout(PATIENCE));
    }

    private void push(String... more) {
        List<String> command = new ArrayList<>(List.of("push", "synthetic"));
        command.addAll(List.of("-kafka", KAFKA, "--manifest", "cam", "--fast", "--quiet"));
        command.addAll(List.of(more));
        run(command.toArray(String[]::new));
    }

    /** Runs a command in a container of its own; it must end well. */
    private void run(String... command) {
        start(
                container(livepeer, "command")
                        .withCommand(command)
                        .withStartupCheckStrategy(
                                new OneShotStartupCheckStrategy().withTimeout(PATIENCE)));
    }

    private GenericContainer<?> container(String image, String name) {
        return new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network)
                .withNetworkAliases(name)
                .withCopyToContainer(
                        Transferable.of("only for this test, thirty-two bytes or more\n", 0444),
                        SECRET);
    }

    private GenericContainer<?> start(GenericContainer<?> container) {
        containers.add(0, container);
        try {
            container.start();
        } catch (RuntimeException e) {
            throw new AssertionError(
                    String.join(" ", container.getCommandParts()) + "\n" + logs(container), e);
        }
        return container;
    }

    private static String logs(GenericContainer<?> container) {
        return container.getContainerId() == null ? "it was not made" : container.getLogs();
    }

    /** The edge's playlist as soon as the last segment is in it; else what it was in the end. */
    private static String playlist(GenericContainer<?> edge) throws Exception {
        URI uri =
                URI.create(
                        "http://"
                                + edge.getHost()
                                + ":"
                                + edge.getMappedPort(9935)
                                + "/stream/cam/P240p30fps16x9.m3u8");
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        String found = "";
        while (!found.contains("/3.ts") && System.nanoTime() < end) {
            found =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(uri).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            Thread.sleep(200);
        }
        return found;
    }
}
