package org.livepeer.flink.jobs.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.node.NodeOptions;
import org.livepeer.flink.jobs.node.RemoteFlink;
import org.livepeer.flink.jobs.orchestrator.OrchestratorJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives the job to a Flink cluster and runs nothing else. */
@Command(
        name = "submit",
        description =
                "Submit the orchestrator job to a Flink cluster: -flink URL -kafka HOST:PORT.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin NodeFlags flags = new NodeFlags();

    @Option(
            names = {"-from", "--from"},
            paramLabel = "PATH",
            description = "begin from this savepoint or retained checkpoint")
    @Nullable String from;

    @Override
    public Integer call() throws Exception {
        NodeOptions options = flags.remoteOptions();
        RemoteFlink flink = new RemoteFlink(options.flink());
        String name = OrchestratorJob.name(options.topicPrefix());
        if (flink.running(name).isPresent()) {
            throw new IllegalStateException(
                    "job '" + name + "' runs there already: replace it with livepeer upgrade");
        }
        String job =
                flink.run(
                        flink.upload(options.jobJar()),
                        options.parallelism(),
                        from,
                        options.jobArguments());
        flink.awaitRunning(job);
        System.out.println("job " + job + " runs");
        return 0;
    }
}
