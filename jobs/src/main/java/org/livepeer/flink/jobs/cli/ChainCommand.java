package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.settle.OrderForms;
import org.livepeer.flink.schemas.ChainOrder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the settlement job send something to the chain. */
@Command(
        name = "chain",
        description =
                "Have the settlement job send something to the chain: stake, rewards, deposits, votes."
                        + " Without an action: list them. Commands of its own only read the chain, or"
                        + " sign.",
        subcommands = {
            RoundsCommand.class,
            ParametersCommand.class,
            OrchestratorsCommand.class,
            DelegatorCommand.class,
            SignCommand.class
        })
final class ChainCommand implements Callable<Integer> {
    private static final List<String> AMOUNTS = List.of("amount", "deposit", "reserve");

    @Mixin Connection connection = new Connection();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "what to do")
    @Nullable String action;

    @Parameters(index = "1..*", paramLabel = "NAME=VALUE", description = "its arguments")
    List<String> arguments = new ArrayList<>();

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the account that settles")
    @Nullable String account;

    @Option(
            names = {"-id", "--id"},
            description = "the order's id: the same id counts once (default: a random one)")
    String id = UUID.randomUUID().toString();

    @Option(
            names = {"-wait", "--wait"},
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "how long to wait for its end (default: ${DEFAULT-VALUE})")
    int waitS = 120;

    private CommandLine.Model.@Nullable CommandSpec spec;

    @CommandLine.Spec
    void describe(CommandLine.Model.CommandSpec described) {
        spec = described;
        described.usageMessage().footerHeading("%nActions:%n").footer(actions());
    }

    private static String[] actions() {
        List<String> lines = new ArrayList<>();
        OrderForms.all().forEach(each -> lines.add("  " + each));
        lines.add("");
        lines.add("ETH: wei, or a number with its unit: 1.5eth, 20gwei");
        lines.add("LPT: 10^-18 LPT, or a number with its unit: 3lpt");
        lines.addAll(OrderForms.kinds());
        return lines.toArray(String[]::new);
    }

    @Override
    public Integer call() {
        if (action == null) {
            Stream.of(actions()).forEach(System.out::println);
            return 0;
        }
        if (waitS < 1) {
            throw usage("--wait " + waitS + " must be 1 or more seconds");
        }
        if (id.isBlank()) {
            throw usage("--id must not be empty: leave it out for a random one");
        }
        Map<String, String> given = given();
        String unit = OrderForms.unit(action);
        try {
            for (String name : AMOUNTS) {
                given.computeIfPresent(name, (key, text) -> Amount.parse(text, unit));
            }
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        OrderForms.refusal(action, given)
                .ifPresent(
                        flaw -> {
                            throw usage(flaw);
                        });
        if (account == null) {
            throw usage("name the account that settles: -ethAcctAddr 0xADDRESS");
        }
        String flaw = SettlementOrders.flaw(account);
        if (flaw != null) {
            throw usage(flaw);
        }
        return SettlementOrders.give(
                connection, account, id, new ChainOrder(action, given), Duration.ofSeconds(waitS));
    }

    private Map<String, String> given() {
        Map<String, String> given = new HashMap<>();
        for (String each : arguments) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw usage("'" + each + "' must be NAME=VALUE; livepeer chain lists the names");
            }
            if (given.put(each.substring(0, equals), each.substring(equals + 1)) != null) {
                throw usage(each.substring(0, equals) + " is given twice");
            }
        }
        return given;
    }

    private RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}
