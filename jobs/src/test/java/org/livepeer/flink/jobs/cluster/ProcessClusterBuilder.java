package org.livepeer.flink.jobs.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a {@link ProcessCluster} is made of. */
public final class ProcessClusterBuilder {
    private final Path work;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Path> jars = new ArrayList<>();
    private int brokers = 1;
    private int jobManagers = 2;
    private int taskManagers = 2;
    private boolean shortLived;
    private @Nullable Application application;

    /** A job that JobManagers run themselves. */
    record Application(
            Path jar, String mainClass, Function<ProcessCluster, List<String>> arguments) {}

    ProcessClusterBuilder(Path work) {
        this.work = work;
    }

    /**
     * @param count 1 or 3; none when 0
     */
    public ProcessClusterBuilder brokers(int count) {
        if (count != 0 && count != 1 && count != 3) {
            throw new IllegalArgumentException("brokers " + count + " must be 0, 1 or 3");
        }
        brokers = count;
        return this;
    }

    /**
     * @param count one leads, the others stand by; none, and no ZooKeeper, when 0
     */
    public ProcessClusterBuilder jobManagers(int count) {
        jobManagers = count;
        return this;
    }

    /**
     * @param count of 2 slots each unless the settings say otherwise
     */
    public ProcessClusterBuilder taskManagers(int count) {
        taskManagers = count;
        return this;
    }

    /**
     * Application mode: JobManagers run this job instead of waiting for one.
     *
     * @param arguments the job's, asked for when the brokers serve
     */
    public ProcessClusterBuilder application(
            Path jar, String mainClass, Function<ProcessCluster, List<String>> arguments) {
        application = new Application(jar, mainClass, arguments);
        return this;
    }

    /** A setting of Flink that wins over flink-conf/config.yaml. */
    public ProcessClusterBuilder flink(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Puts the jars that these classes come from beside Flink's own. */
    public ProcessClusterBuilder flinkLibrariesOf(Class<?>... types) {
        for (Class<?> type : types) {
            jars.add(Libraries.of(type));
        }
        return this;
    }

    /** Puts a jar beside Flink's own. */
    public ProcessClusterBuilder flinkLibrary(Path jar) {
        jars.add(jar);
        return this;
    }

    /** TaskManagers that start sooner, as the JobManagers do, and never get as fast. */
    public ProcessClusterBuilder shortLived() {
        shortLived = true;
        return this;
    }

    /** Starts all and waits until brokers serve and every TaskManager has registered. */
    public ProcessCluster start() {
        return ProcessCluster.start(this);
    }

    Path work() {
        return work;
    }

    Map<String, String> settings() {
        return settings;
    }

    List<Path> jars() {
        return jars;
    }

    @Nullable Application application() {
        return application;
    }

    int brokers() {
        return brokers;
    }

    int jobManagers() {
        return jobManagers;
    }

    int taskManagers() {
        return taskManagers;
    }

    boolean isShortLived() {
        return shortLived;
    }
}
