package org.livepeer.flink.jobs.cli;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.node.Node;
import org.livepeer.flink.jobs.node.Role;
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

    @Option(
            names = {"-edge", "--edge"},
            description = "run an edge alone: uploads, page, HLS; an orchestrator brings its own")
    boolean edge;

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Set<Role> roles = roles();
        if (roles.isEmpty() && spec != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "name one or more roles: -orchestrator, -transcoder, -edge");
        }
        Node node = Node.start(flags.options(roles), roles);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        System.out.println("running");
        node.awaitEnd();
        return 0;
    }

    private Set<Role> roles() {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (orchestrator) {
            roles.add(Role.ORCHESTRATOR);
        }
        if (orchestrator || edge) {
            roles.add(Role.EDGE);
        }
        if (transcoder) {
            roles.add(Role.TRANSCODER);
        }
        return roles;
    }
}
