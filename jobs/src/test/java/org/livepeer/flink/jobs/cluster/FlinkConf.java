package org.livepeer.flink.jobs.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/** flink-conf/config.yaml with the ports, folders and small memory of one test's process. */
final class FlinkConf {
    private final Configuration configuration;

    private FlinkConf(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * @param work folder that every process of the cluster shares
     * @param settings win over the file's
     */
    static FlinkConf load(Path work, int zooKeeperPort, Map<String, String> settings) {
        Configuration c = GlobalConfiguration.loadConfiguration(Libraries.flinkConf().toString());
        c.setString("high-availability.zookeeper.quorum", "127.0.0.1:" + zooKeeperPort);
        c.setString("high-availability.storageDir", work.resolve("ha").toUri().toString());
        c.setString("execution.checkpointing.dir", work.resolve("checkpoints").toUri().toString());
        c.setString(
                "execution.checkpointing.savepoint-dir",
                work.resolve("savepoints").toUri().toString());
        c.setString("web.upload.dir", work.resolve("jars").toString());
        c.setString("metrics.reporter.prom.port", "0");
        c.setString("metrics.fetcher.update-interval", "500 ms");
        c.setString("rest.flamegraph.enabled", "false");
        small(c);
        settings.forEach(c::setString);
        return new FlinkConf(c);
    }

    private static void small(Configuration c) {
        c.removeKey("jobmanager.memory.process.size");
        c.setString("jobmanager.memory.heap.size", "320m");
        c.setString("jobmanager.memory.off-heap.size", "64m");
        c.setString("jobmanager.memory.jvm-metaspace.size", "192m");
        c.setString("jobmanager.memory.jvm-overhead.min", "64m");
        c.setString("taskmanager.memory.process.size", "1024m");
        c.removeKey("taskmanager.memory.managed.fraction");
        c.setString("taskmanager.memory.managed.size", "96m");
        c.setString("taskmanager.memory.jvm-metaspace.size", "192m");
        c.setString("taskmanager.memory.jvm-overhead.min", "96m");
        c.setString("taskmanager.memory.jvm-overhead.max", "96m");
        c.setString("taskmanager.memory.framework.off-heap.size", "64m");
        c.setString("taskmanager.memory.network.min", "128mb");
        c.setString("taskmanager.memory.network.max", "128mb");
    }

    FlinkConf with(String key, String value) {
        Configuration changed = new Configuration(configuration);
        changed.setString(key, value);
        return new FlinkConf(changed);
    }

    /** Writes config.yaml and the log settings; answers the folder. */
    Path write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.write(
                    folder.resolve("config.yaml"),
                    ConfigurationUtils.convertConfigToWritableLines(configuration, true));
            Files.writeString(
                    folder.resolve("log4j-console.properties"),
                    Files.readString(Libraries.flinkConf().resolve("log4j-console.properties")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write Flink's settings to " + folder, e);
        }
        return folder;
    }

    List<String> jobManagerJvm() {
        var spec = JobManagerProcessUtils.processSpecFromConfig(configuration);
        return jvm(
                JobManagerProcessUtils.generateJvmParametersStr(spec, configuration),
                "env.java.opts.jobmanager");
    }

    List<String> jobManagerArguments() {
        var spec = JobManagerProcessUtils.processSpecFromConfig(configuration);
        return words(JobManagerProcessUtils.generateDynamicConfigsStr(spec));
    }

    List<String> taskManagerJvm() {
        var spec = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        return jvm(ProcessMemoryUtils.generateJvmParametersStr(spec), "env.java.opts.taskmanager");
    }

    /** Without these a TaskManager does not start. */
    List<String> taskManagerArguments() {
        return words(
                TaskExecutorProcessUtils.generateDynamicConfigsStr(
                        TaskExecutorProcessUtils.processSpecFromConfig(configuration)));
    }

    private List<String> jvm(String memory, String optionsKey) {
        List<String> options = new ArrayList<>(words(memory));
        options.addAll(words(configuration.getString("env.java.opts.all", "")));
        options.addAll(words(configuration.getString(optionsKey, "")));
        return options;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.trim().split("\\s+")).filter(w -> !w.isEmpty()).toList();
    }
}
