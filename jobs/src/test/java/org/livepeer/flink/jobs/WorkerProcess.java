package org.livepeer.flink.jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.jobs.cli.Livepeer;

/** A transcoder worker as {@code livepeer -transcoder} runs it: a process of its own. */
final class WorkerProcess implements AutoCloseable {
    private final KafkaAddress kafka;
    private final Path folder;
    private final Path secret;
    private final int port;
    private Process process;

    WorkerProcess(KafkaAddress kafka, Path folder, Path secret) throws IOException {
        this.kafka = kafka;
        this.folder = folder;
        this.secret = secret;
        port = Nodes.port();
        start();
    }

    /** Starts it, again on the same port and folder after a kill. */
    void start() throws IOException {
        process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xmx192m",
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path")),
                                        Livepeer.class.getName(),
                                        "-transcoder",
                                        "-kafka",
                                        kafka.bootstrapServers(),
                                        "-serviceAddr",
                                        "127.0.0.1:" + port,
                                        "-cliAddr",
                                        Integer.toString(Nodes.port()),
                                        "-dataDir",
                                        folder.toString(),
                                        "-orchSecret",
                                        secret.toString(),
                                        "-preset",
                                        "ultrafast",
                                        "-slots",
                                        "1"))
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        folder.resolveSibling(folder.getFileName() + ".log")
                                                .toFile()))
                        .start();
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Kills the child that transcodes, not the worker. */
    void killChildren() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
