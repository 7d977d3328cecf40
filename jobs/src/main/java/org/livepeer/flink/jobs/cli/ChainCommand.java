package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
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
                        + " Without an action: list them.")
final class ChainCommand implements Callable<Integer> {
    private static final List<String> AMOUNTS = List.of("amount", "deposit", "reserve");

    @Mixin Connection connection = new Connection();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "what to do")
    @Nullable String action;

    @Parameters(
            index = "1..*",
            paramLabel = "NAME=VALUE",
            description = "its arguments; amounts in wei, or as 1.5eth, 20gwei, 3lpt")
    Map<String, String> arguments = new LinkedHashMap<>();

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

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (action == null) {
            OrderForms.all().forEach(System.out::println);
            return 0;
        }
        Map<String, String> given = new HashMap<>(arguments);
        try {
            for (String name : AMOUNTS) {
                given.computeIfPresent(name, (key, text) -> Amount.parse(text));
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

    private RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}
