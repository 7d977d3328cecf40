package org.livepeer.flink.jobs.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.chain.ChainJob;
import org.livepeer.flink.jobs.settlement.SettlementJob;

/**
 * The jobs that stand beside the orchestrator job on a cluster, on chain. Either can be stopped and
 * started again at any time: they go on from Kafka and the chain.
 */
public final class ChainJobs {
    private final NodeOptions options;
    private final RemoteFlink flink;

    /** One of them. */
    private record Beside(String name, Class<?> main, String[] arguments) {}

    public ChainJobs(NodeOptions options, RemoteFlink flink) {
        this.options = options;
        this.flink = flink;
    }

    private List<Beside> all() {
        ChainAccess access = options.chain();
        List<Beside> all = new ArrayList<>();
        if (access != null) {
            all.add(
                    new Beside(
                            ChainJob.name(options.topicPrefix()),
                            ChainJob.class,
                            options.chainJobArguments(access)));
        }
        if (access != null && access.settling().settles()) {
            all.add(
                    new Beside(
                            SettlementJob.name(options.topicPrefix()),
                            SettlementJob.class,
                            options.settlementJobArguments(access)));
        }
        return all;
    }

    /**
     * Starts those that do not run.
     *
     * @return job ids by name
     */
    Map<String, String> start() throws IOException, InterruptedException {
        Map<String, String> jobs = new LinkedHashMap<>();
        for (Beside each : all()) {
            Optional<String> running = flink.running(each.name());
            String job =
                    running.isPresent()
                            ? running.get()
                            : run(flink.upload(options.jobJar()), each, null);
            flink.awaitRunning(job);
            jobs.put(each.name(), job);
        }
        return jobs;
    }

    /**
     * Has those that run go on with another jar.
     *
     * @param jar uploaded
     * @return job ids by name
     */
    public Map<String, String> replace(String jar) throws IOException, InterruptedException {
        Map<String, String> jobs = new LinkedHashMap<>();
        for (Beside each : all()) {
            Optional<String> old = flink.running(each.name());
            if (old.isPresent()) {
                String savepoint = flink.savepoint(old.get());
                flink.cancel(old.get());
                String job = run(jar, each, savepoint);
                flink.awaitRunning(job);
                jobs.put(each.name(), job);
            }
        }
        return jobs;
    }

    /** Whether one runs that these options do not tell how to start. */
    public boolean isAnyUnknown() throws IOException, InterruptedException {
        return options.chain() == null
                && (flink.running(ChainJob.name(options.topicPrefix())).isPresent()
                        || flink.running(SettlementJob.name(options.topicPrefix())).isPresent());
    }

    private String run(String jar, Beside job, @Nullable String savepoint)
            throws IOException, InterruptedException {
        return flink.run(
                jar, job.main().getName(), options.parallelism(), savepoint, job.arguments());
    }
}
