package org.livepeer.flink.jobs.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.node.Node;
import org.livepeer.flink.jobs.node.NodeOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node; also meant when flags come without a subcommand, as with go-livepeer. */
@Command(
        name = "node",
        description = "Run node roles in this process: livepeer -orchestrator -transcoder ...")
final class NodeCommand implements Callable<Integer> {
    @Mixin NodeFlags flags = new NodeFlags();

    @Option(
            names = {"-orchestrator", "--orchestrator"},
            description = "run the orchestrator job and its edge")
    boolean orchestrator;

    @Option(
            names = {"-transcoder", "--transcoder"},
            description = "run a transcoder worker")
    boolean transcoder;

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (!orchestrator && !transcoder && spec != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "name a role: -orchestrator, -transcoder or both");
        }
        NodeOptions options = flags.options();
        Node node = Node.start(options, orchestrator, transcoder);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        System.out.println("running");
        node.awaitEnd();
        return 0;
    }
}
