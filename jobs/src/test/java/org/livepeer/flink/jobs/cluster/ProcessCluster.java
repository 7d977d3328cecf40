package org.livepeer.flink.jobs.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.livepeer.flink.connectors.kafka.KafkaAddress;

/**
 * Kafka brokers, ZooKeeper, JobManagers and TaskManagers as processes of their own on loopback,
 * named {@code broker-1}, {@code zookeeper-1}, {@code jobmanager-1}, {@code taskmanager-1} and so
 * on, and any other Java process beside them. Each can be killed and started again on its ports and
 * data. All are killed at {@link #close()} and when this JVM ends.
 */
public final class ProcessCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Path work;
    private final Map<String, JavaProcess> processes =
            Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, Integer> metricsPorts = new LinkedHashMap<>();
    private final List<BrokerConf.Node> brokers;
    private final List<Integer> restPorts;
    private final Thread hook = new Thread(this::destroyAll, "kill-processes");

    private ProcessCluster(Path work, List<BrokerConf.Node> brokers, List<Integer> restPorts) {
        this.work = work;
        this.brokers = List.copyOf(brokers);
        this.restPorts = List.copyOf(restPorts);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * What to start. Starts with 1 broker, 2 JobManagers and 2 TaskManagers of 2 slots.
     *
     * @param work an empty folder for settings, logs and data
     */
    public static ProcessClusterBuilder in(Path work) {
        return new ProcessClusterBuilder(work);
    }

    static ProcessCluster start(ProcessClusterBuilder wanted) {
        List<BrokerConf.Node> nodes = new ArrayList<>();
        for (int id = 1; id <= wanted.brokers(); id++) {
            nodes.add(new BrokerConf.Node(id, Ports.next(), Ports.next()));
        }
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < wanted.jobManagers(); i++) {
            rest.add(Ports.next());
        }
        ProcessCluster cluster =
                new ProcessCluster(wanted.work().toAbsolutePath().normalize(), nodes, rest);
        try {
            ClusterStart.run(cluster, wanted, nodes, rest);
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** host:port of every broker. */
    public String bootstrapServers() {
        return BrokerConf.bootstrapServers(brokers);
    }

    public KafkaAddress kafka(String topicPrefix) {
        return new KafkaAddress(bootstrapServers(), topicPrefix);
    }

    /** Where each JobManager's REST interface is, with commas. */
    public String restUrls() {
        return restPorts.stream()
                .map(port -> "http://127.0.0.1:" + port)
                .collect(Collectors.joining(","));
    }

    void metrics(String name, int port) {
        metricsPorts.put(name, port);
    }

    /** Where each Flink process has its Prometheus page, by name. */
    public Map<String, Integer> metricsPorts() {
        return Map.copyOf(metricsPorts);
    }

    /** Flink's REST interface, through whichever JobManager answers. */
    public FlinkRest rest() {
        return new FlinkRest(restPorts.stream().map(port -> "http://127.0.0.1:" + port).toList());
    }

    /** Starts another Java process; its class path has colons as usual. */
    public void java(String name, String classpath, String mainClass, String... arguments) {
        java(name, classpath, List.of("-Xmx256m"), mainClass, List.of(arguments), Map.of());
    }

    /**
     * Starts another Java process.
     *
     * @param jvm its JVM options
     * @param environment added to this process's
     */
    public void java(
            String name,
            String classpath,
            List<String> jvm,
            String mainClass,
            List<String> arguments,
            Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", classpath, mainClass));
        command.addAll(arguments);
        JavaProcess process = new JavaProcess(name, folder(name), command, environment);
        if (processes.putIfAbsent(name, process) != null) {
            throw new IllegalArgumentException(
                    "there is a process " + name + " already: restart it, or use another name");
        }
        process.start();
    }

    /** SIGKILL; the process is gone on return. */
    public void kill9(String name) {
        process(name).kill9();
    }

    /** SIGTERM and a wait; SIGKILL after 20 s. */
    public void stop(String name) {
        process(name).stop();
    }

    /** Starts a process again with the same command line, after killing it when it still runs. */
    public void restart(String name) {
        JavaProcess process = process(name);
        if (process.isAlive()) {
            process.kill9();
        }
        process.start();
    }

    /**
     * Waits until a process has done its work.
     *
     * @throws IllegalStateException when it did not end well within a minute and a half, with its
     *     log
     */
    public void awaitExit(String name) {
        await("the end of " + name, START, () -> !isAlive(name));
        if (process(name).exitCode() != 0) {
            throw new IllegalStateException(name + " failed:\n" + process(name).tail());
        }
    }

    public boolean isAlive(String name) {
        return process(name).isAlive();
    }

    public long pid(String name) {
        return process(name).pid();
    }

    /** The file with all that it wrote, over all its starts. */
    public Path log(String name) {
        return process(name).log();
    }

    /** What it wrote since its last start. */
    public String output(String name) {
        return process(name).output();
    }

    /** The names of all processes, also of those that are dead. */
    public List<String> names() {
        synchronized (processes) {
            return List.copyOf(processes.keySet());
        }
    }

    /** The name of the JobManager that leads. */
    public String leader() {
        List<String> found = new ArrayList<>();
        await("leading JobManager", START, () -> found.addAll(leaders()));
        return found.get(0);
    }

    /** The working folder of a process, also of one that has not been started. */
    public Path folder(String name) {
        return work.resolve(name);
    }

    Path work() {
        return work;
    }

    JavaProcess process(String name) {
        JavaProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException(
                    "no process '" + name + "', there are " + processes.keySet());
        }
        return process;
    }

    /**
     * Waits for something of processes that should be there.
     *
     * @throws IllegalStateException when a process named has ended or time is up, with its log
     */
    void await(String what, Duration atMost, BooleanSupplier there, String... needed) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!there.getAsBoolean()) {
            for (String name : needed) {
                if (!isAlive(name)) {
                    throw new IllegalStateException(
                            name + " ended before " + what + ":\n" + process(name).tail());
                }
            }
            if (System.nanoTime() > end) {
                String logs =
                        String.join("", Arrays.stream(needed).map(n -> "\n" + tail(n)).toList());
                throw new IllegalStateException("no " + what + " within " + atMost + logs);
            }
            sleep();
        }
    }

    void awaitStart(String what, BooleanSupplier there, String... needed) {
        await(what, START, there, needed);
    }

    private String tail(String name) {
        return name + ":\n" + process(name).tail();
    }

    private List<String> leaders() {
        return names().stream()
                .filter(n -> n.startsWith("jobmanager-"))
                .filter(this::leads)
                .toList();
    }

    private boolean leads(String name) {
        if (!isAlive(name)) {
            return false;
        }
        String output = output(name);
        int granted = output.lastIndexOf("DispatcherRunner was granted leadership");
        return granted >= 0
                && granted > output.lastIndexOf("DispatcherRunner was revoked leadership");
    }

    private void destroyAll() {
        synchronized (processes) {
            processes.values().forEach(JavaProcess::destroy);
        }
    }

    @Override
    public void close() {
        destroyAll();
        synchronized (processes) {
            processes.values().forEach(JavaProcess::awaitExit);
        }
        if (!Thread.currentThread().equals(hook)) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static void makeFolders(Path... folders) {
        try {
            for (Path folder : folders) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make folders for the cluster", e);
        }
    }

    static String join(List<String> classpath) {
        return String.join(File.pathSeparator, classpath);
    }
}
