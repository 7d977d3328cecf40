package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.RemoteFlink;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Replaces the running job by this version. The old one goes on until the new one takes the
 * deployment over: to the money that is what a fall back to a checkpoint is.
 */
@Command(
        name = "upgrade",
        description =
                "Replace the running job by this version, with its state: -flink URL -kafka"
                        + " HOST:PORT.")
final class UpgradeCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

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
        String job;
        try {
            job = flink.run(jar, options.parallelism(), savepoint, options.jobArguments());
            flink.awaitRunning(job);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    e.getMessage()
                            + (flink.state(old).equals("RUNNING")
                                    ? "; the old job runs on"
                                    : "; start again with livepeer submit --from " + savepoint),
                    e);
        }
        System.out.println("job " + job + " runs in place of " + old);
        awaitEnd(flink, old);
        return 0;
    }

    private static void awaitEnd(RemoteFlink flink, String old) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (flink.state(old).equals("RUNNING") && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        String state = flink.state(old);
        if (state.equals("RUNNING")) {
            throw new IllegalStateException(
                    "the old job " + old + " does not stop: cancel it in Flink's UI");
        }
    }
}
