package org.livepeer.flink.jobs.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.jobs.orchestrator.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code livepeer} command. Errors are one line on stderr; 2 for usage, 1 for the rest. */
@Command(
        name = "livepeer",
        description = "The Livepeer node as Apache Flink jobs over Kafka.",
        mixinStandardHelpOptions = true,
        version = "livepeer-flink " + Version.VERSION,
        subcommands = {
            NodeCommand.class,
            QuickstartCommand.class,
            SubmitCommand.class,
            UpgradeCommand.class,
            PushCommand.class,
            CreditCommand.class,
            ChainCommand.class,
            TicketsCommand.class,
            PriceCommand.class,
            LedgerCommand.class,
            SessionsCommand.class,
            WorkersCommand.class,
            EventsCommand.class,
            TopicsCommand.class,
            DevnetCommand.class
        })
public final class Livepeer implements Runnable {
    /** go-livepeer's flags whose part of the node is not built: told apart from typing errors. */
    private static final Set<String> NOT_SUPPORTED =
            Set.of(
                    "gateway",
                    "broadcaster",
                    "aiWorker",
                    "aiModels",
                    "redeemer",
                    "reward",
                    "nvidia",
                    "netint",
                    "rtmpAddr",
                    "orchWebhookUrl",
                    "recordStore",
                    "transcodingOptions",
                    "monitor",
                    "s3bucket",
                    "serviceRegistry",
                    "initializeRound",
                    "maxTicketEV",
                    "depositMultiplier");

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command line; returns the exit code. */
    static int run(String[] args) {
        return run(args, System.getenv());
    }

    /** The same with other environment variables. */
    static int run(String[] args, Map<String, String> environment) {
        CommandLine command = new CommandLine(new Livepeer());
        command.setParameterExceptionHandler(
                (error, given) -> {
                    PrintWriter err = error.getCommandLine().getErr();
                    err.println("livepeer: " + message(String.valueOf(error.getMessage()), given));
                    return 2;
                });
        command.setExecutionExceptionHandler(
                (error, failed, parsed) -> {
                    failed.getErr().println("livepeer: " + reason(error));
                    if (LogManager.getRootLogger().isDebugEnabled()) {
                        error.printStackTrace(failed.getErr());
                    }
                    return 1;
                });
        command.getSubcommands().values().forEach(Livepeer::explain);
        String[] whole = withRole(args);
        CommandLine asked = whole.length == 0 ? null : command.getSubcommands().get(whole[0]);
        if (asked != null) {
            try {
                asked.setDefaultValueProvider(
                        Settings.of(whole, environment, flags(command), NOT_SUPPORTED));
            } catch (IllegalArgumentException e) {
                command.getErr().println("livepeer: " + e.getMessage());
                return 2;
            }
        }
        return command.execute(whole);
    }

    private static void explain(CommandLine subcommand) {
        subcommand.getSubcommands().values().forEach(Livepeer::explain);
        subcommand
                .getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("what it does and takes")
                                .build());
    }

    /** Of all commands: a file that a node reads may be named for the others too. */
    private static Set<String> flags(CommandLine command) {
        return all(command)
                .flatMap(each -> each.getCommandSpec().options().stream())
                .filter(each -> !each.usageHelp())
                .flatMap(each -> Stream.of(each.names()))
                .map(Settings::bare)
                .collect(Collectors.toSet());
    }

    private static Stream<CommandLine> all(CommandLine command) {
        return command.getSubcommands().values().stream()
                .flatMap(each -> Stream.concat(Stream.of(each), all(each)));
    }

    /** Without a subcommand, flags such as -orchestrator describe a node, as with go-livepeer. */
    private static String[] withRole(String[] args) {
        boolean flagsOnly = args.length > 0 && args[0].startsWith("-");
        boolean asksHelp =
                args.length > 0 && List.of("-h", "--help", "-V", "--version").contains(args[0]);
        if (!flagsOnly || asksHelp) {
            return args;
        }
        String[] node = new String[args.length + 1];
        node[0] = "node";
        System.arraycopy(args, 0, node, 1, args.length);
        return node;
    }

    private static String message(String parsed, String[] given) {
        for (String arg : given) {
            String name = arg.replaceFirst("^--?", "").replaceFirst("=.*$", "");
            if (arg.startsWith("-") && NOT_SUPPORTED.contains(name)) {
                return "-" + name + " is a go-livepeer flag that this version does not support";
            }
        }
        return masked(parsed.lines().findFirst().orElse("wrong usage")) + "; see livepeer --help";
    }

    /** Without what stands before the host of a URL: a flag that is not known may have had it. */
    private static String masked(String text) {
        return text.replaceAll("://\\S*@", "://...@");
    }

    private static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.toString() : message.lines().findFirst().orElse("");
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
