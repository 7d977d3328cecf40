package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.kafka.client.EpochLog;
import org.livepeer.flink.jobs.node.ChainJobs;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.RemoteFlink;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import org.livepeer.flink.jobs.orchestrator.Tenure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Replaces the running job by this version. The new one is started in full beside the old one and
 * waits; then the deployment is claimed for it, which stops the old one, and when that has ended
 * the new one goes on from the savepoint: to the money that is what a fall back to a checkpoint is.
 */
@Command(
        name = "upgrade",
        description =
                "Replace the running job by this version, with its state: -flink URL -kafka"
                        + " HOST:PORT.")
final class UpgradeCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * From the last task's first step to its waiting for the claim, in a TaskManager that is new.
     */
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    @Mixin NodeFlags flags = new NodeFlags();

    @Override
    public Integer call() throws Exception {
        NodeOptions options = flags.remoteOptions();
        RemoteFlink flink = new RemoteFlink(options.flink());
        String name = OrchestratorJob.name(options.topicPrefix());
        String old =
                flink.running(name)
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "no job '"
                                                        + name
                                                        + "' runs there: start one with livepeer"
                                                        + " submit, --from its newest savepoint"));
        String jar = flink.upload(options.jobJar());
        String savepoint = flink.savepoint(old);
        System.out.println("savepoint " + savepoint);
        String claim = UUID.randomUUID().toString();
        String job = start(flink, jar, options, savepoint, claim, old);
        try (EpochLog epochs = new EpochLog(options.address(), options.secret().secret())) {
            epochs.append(Tenure.claim(claim, savepoint));
            awaitEnd(flink, old);
            epochs.append(Tenure.claim(claim, savepoint));
        }
        try {
            flink.awaitTasks(job, Set.of("RUNNING"));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    e.getMessage() + "; start again with livepeer submit --from " + savepoint, e);
        }
        System.out.println("job " + job + " runs in place of " + old);
        ChainJobs beside = new ChainJobs(options, flink);
        beside.replace(jar)
                .forEach((other, id) -> System.out.println(other + " job " + id + " runs"));
        if (beside.isAnyUnknown()) {
            System.out.println(
                    "the chain job and what runs beside it are as they were: give the node's -network"
                            + " flags to have them replaced");
        }
        return 0;
    }

    /** Starts the new job up to where it waits for the claim. */
    private static String start(
            RemoteFlink flink,
            String jar,
            NodeOptions options,
            String savepoint,
            String claim,
            String old)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options.jobArguments()));
        arguments.addAll(List.of("--claim", claim));
        String job = "";
        try {
            job =
                    flink.run(
                            jar,
                            options.parallelism(),
                            savepoint,
                            arguments.toArray(String[]::new));
            flink.awaitTasks(job, Set.of("INITIALIZING", "RUNNING"));
        } catch (IllegalStateException e) {
            if (!job.isEmpty() && !RemoteFlink.ENDED.contains(flink.state(job))) {
                flink.cancel(job);
            }
            throw new IllegalStateException(
                    e.getMessage()
                            + (flink.state(old).equals("RUNNING")
                                    ? "; the old job runs on"
                                    : "; start again with livepeer submit --from " + savepoint),
                    e);
        }
        TimeUnit.MILLISECONDS.sleep(WARM_UP.toMillis());
        return job;
    }

    /** A job that is replaced ends by itself when it reads the claim. */
    private static void awaitEnd(RemoteFlink flink, String old) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!RemoteFlink.ENDED.contains(flink.state(old))) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "the old job " + old + " does not stop: cancel it in Flink's UI");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
