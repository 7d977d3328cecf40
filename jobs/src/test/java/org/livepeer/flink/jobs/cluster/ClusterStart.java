package org.livepeer.flink.jobs.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/** Brings a cluster up: what does not wait for another starts at the same time. */
final class ClusterStart {
    private final ProcessCluster cluster;
    private final ProcessClusterBuilder wanted;

    private ClusterStart(ProcessCluster cluster, ProcessClusterBuilder wanted) {
        this.cluster = cluster;
        this.wanted = wanted;
    }

    static void run(
            ProcessCluster cluster,
            ProcessClusterBuilder wanted,
            List<BrokerConf.Node> nodes,
            List<Integer> restPorts) {
        ClusterStart start = new ClusterStart(cluster, wanted);
        ProcessClusterBuilder.Application application = wanted.application();
        start.formatBrokers(nodes);
        if (!restPorts.isEmpty() && application == null) {
            start.flink(restPorts, List.of());
        }
        start.brokers(nodes);
        start.awaitBrokers(nodes);
        if (application != null) {
            start.flink(restPorts, start.entry(application));
        }
        if (!restPorts.isEmpty()) {
            start.awaitFlink();
        }
    }

    private List<String> entry(ProcessClusterBuilder.Application application) {
        List<String> entry =
                new ArrayList<>(
                        List.of(
                                // Takes all words up to the next option that Flink knows.
                                "--jars",
                                application.jar().toUri().toString(),
                                "--job-classname",
                                application.mainClass()));
        entry.addAll(application.arguments().apply(cluster));
        return entry;
    }

    private void formatBrokers(List<BrokerConf.Node> nodes) {
        String clusterId = Uuid.randomUuid().toString();
        for (BrokerConf.Node node : nodes) {
            String name = "format-" + node.id();
            Path file = BrokerConf.write(cluster.folder("broker-" + node.id()), node, nodes);
            kafka(name, "64m", "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", file);
        }
    }

    private void brokers(List<BrokerConf.Node> nodes) {
        for (BrokerConf.Node node : nodes) {
            JavaProcess format = cluster.process("format-" + node.id());
            format.awaitExit();
            if (format.isAlive() || format.exitCode() != 0) {
                throw new IllegalStateException("cannot format a broker: " + format.tail());
            }
            String name = "broker-" + node.id();
            kafka(name, "256m", "kafka.Kafka", cluster.folder(name).resolve("server.properties"));
        }
    }

    private void kafka(String name, String heap, String mainClass, Object... arguments) {
        cluster.java(
                name,
                Libraries.classpath(Libraries.kafka()),
                List.of(
                        "-Xmx" + heap,
                        "-Xms64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        log4j(Libraries.flinkConf())),
                mainClass,
                List.of(arguments).stream().map(Object::toString).toList(),
                Map.of());
    }

    private void flink(List<Integer> restPorts, List<String> entry) {
        Path work = cluster.work();
        ProcessCluster.makeFolders(
                work.resolve("ha"),
                work.resolve("checkpoints"),
                work.resolve("savepoints"),
                work.resolve("jars"),
                work.resolve("plugins"));
        int zooKeeper = Ports.next();
        zooKeeper(zooKeeper);
        FlinkConf conf = FlinkConf.load(work, zooKeeper, wanted.settings());
        cluster.awaitStart("ZooKeeper", () -> Ports.accepts(zooKeeper), "zookeeper-1");
        for (int i = 1; i <= restPorts.size(); i++) {
            jobManager(conf, i, restPorts.get(i - 1), entry);
        }
        for (int i = 1; i <= wanted.taskManagers(); i++) {
            taskManager(conf, i);
        }
    }

    private void zooKeeper(int port) {
        Path folder = cluster.folder("zookeeper-1");
        ProcessCluster.makeFolders(folder);
        Path file = folder.resolve("zoo.cfg");
        try {
            String given =
                    Files.readAllLines(Libraries.flinkConf().resolve("zoo.cfg")).stream()
                            .filter(l -> !l.startsWith("clientPort=") && !l.startsWith("dataDir="))
                            .collect(Collectors.joining("\n"));
            Files.writeString(
                    file,
                    given + "\nclientPort=" + port + "\ndataDir=" + folder.resolve("data") + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        cluster.java(
                "zookeeper-1",
                Libraries.classpath(Libraries.flink()),
                List.of(
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        log4j(Libraries.flinkConf())),
                "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                List.of("--zkConfigFile", file.toString(), "--peerId", "1"),
                Map.of());
    }

    /**
     * @param entry the job of application mode; empty for a session cluster
     */
    private void jobManager(FlinkConf base, int number, int restPort, List<String> entry) {
        String port = Integer.toString(restPort);
        String name = "jobmanager-" + number;
        // Not one for both: the second would read the job's jar while the first still copies it.
        String artifacts = cluster.folder(name).resolve("artifacts").toString();
        FlinkConf conf =
                base.with("rest.port", port)
                        .with("rest.bind-port", port)
                        .with("user.artifacts.base-dir", artifacts);
        List<String> arguments = new ArrayList<>(conf.jobManagerArguments());
        arguments.addAll(entry);
        flink(
                name,
                conf,
                conf.jobManagerJvm(),
                entry.isEmpty()
                        ? "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
                        : "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
                arguments);
    }

    private void taskManager(FlinkConf base, int number) {
        String name = "taskmanager-" + number;
        FlinkConf conf = base.with("io.tmp.dirs", cluster.folder(name).resolve("tmp").toString());
        List<String> jvm = new ArrayList<>(conf.taskManagerJvm());
        if (wanted.isShortLived()) {
            jvm.add("-XX:TieredStopAtLevel=1");
        }
        flink(
                name,
                conf,
                jvm,
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                conf.taskManagerArguments());
    }

    private void flink(
            String name, FlinkConf given, List<String> jvm, String main, List<String> dynamic) {
        int metrics = Ports.next();
        FlinkConf conf = given.with("metrics.reporter.prom.port", Integer.toString(metrics));
        cluster.metrics(name, metrics);
        Path confFolder = conf.write(cluster.folder(name).resolve("conf"));
        List<String> options = new ArrayList<>(jvm);
        options.add(log4j(confFolder));
        List<String> classpath = new ArrayList<>();
        classpath.add(Libraries.classpath(Libraries.flink()));
        wanted.jars().forEach(jar -> classpath.add(jar.toString()));
        List<String> arguments = new ArrayList<>(List.of("--configDir", confFolder.toString()));
        arguments.addAll(dynamic);
        cluster.java(
                name,
                ProcessCluster.join(classpath),
                options,
                main,
                arguments,
                Map.of(
                        "FLINK_CONF_DIR", confFolder.toString(),
                        "FLINK_LIB_DIR", Libraries.flink().toString(),
                        "FLINK_PLUGINS_DIR", cluster.work().resolve("plugins").toString()));
    }

    private static String log4j(Path folder) {
        return "-Dlog4j2.configurationFile=" + folder.resolve("log4j-console.properties").toUri();
    }

    private void awaitBrokers(List<BrokerConf.Node> nodes) {
        for (BrokerConf.Node node : nodes) {
            String name = "broker-" + node.id();
            cluster.awaitStart(
                    name + " serving",
                    () -> cluster.output(name).contains("Kafka Server started"),
                    name);
        }
    }

    private void awaitFlink() {
        String leader = cluster.leader();
        FlinkRest rest = cluster.rest();
        cluster.awaitStart(
                "all TaskManagers at " + leader,
                () -> rest.taskManagers() == wanted.taskManagers(),
                leader);
    }
}
