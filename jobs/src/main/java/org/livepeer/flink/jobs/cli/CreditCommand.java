package org.livepeer.flink.jobs.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.BindSender;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.SetCreditLimit;
import org.livepeer.flink.schemas.SetPrice;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives credit, sets limits and prices, binds manifests to senders. */
@Command(
        name = "credit",
        description = "Give an account credit, or set what it may owe or pays per pixel.")
final class CreditCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();

    @Option(
            names = {"-manifest", "--manifest"},
            description = "the stream that is paid for")
    @Nullable String manifest;

    @Option(
            names = {"-sender", "--sender"},
            paramLabel = "0xADDRESS",
            description = "or the sender that pays")
    @Nullable String sender;

    @Option(
            names = {"-wei", "--wei"},
            description = "prepaid wei to add")
    @Nullable String wei;

    @Option(
            names = {"-limit", "--limit"},
            paramLabel = "WEI",
            description = "how far below zero the account may go; 0 for prepaid only")
    @Nullable String limit;

    @Option(
            names = {"-bind", "--bind"},
            paramLabel = "0xADDRESS",
            description =
                    "pushes of --manifest are paid by this sender from now on; 'none' unbinds")
    @Nullable String bind;

    @Option(
            names = {"-price", "--price"},
            paramLabel = "NUM[/DEN]",
            description = "wei per pixel for the account, or for all when no account is named")
    @Nullable String price;

    @Option(
            names = {"-id", "--id"},
            description = "the command's id: the same id counts once (default: a random one)")
    String id = UUID.randomUUID().toString();

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        String target = target();
        List<Object> orders = orders(target);
        if (orders.size() != 1) {
            throw usage("say one of --wei, --limit, --bind, --price");
        }
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId(id)
                        .setTarget(target.isEmpty() ? "everybody" : target)
                        .setIssuedAtMs(System.currentTimeMillis())
                        .setCommand(orders.get(0))
                        .build();
        try (EventTail events = new EventTail(connection.address(), false);
                ControlProducer control =
                        new ControlProducer(connection.address(), connection.secret())) {
            control.send(command);
            Event answer =
                    events.await(
                            event -> id.equals(event.getNumbers().get("command")),
                            Duration.ofSeconds(30));
            if (answer == null) {
                throw new IllegalStateException(
                        "command "
                                + id
                                + " was written, but no job has applied it within 30 s: it counts"
                                + " as soon as the orchestrator job runs");
            }
            Printing.event(answer);
            return answer.getType().equals("CommandRefused") ? 1 : 0;
        }
    }

    private String target() {
        if (manifest != null && sender != null && bind == null) {
            throw usage("name a --manifest or a --sender, not both");
        }
        if (sender != null) {
            return "sender:" + address(sender);
        }
        if (manifest != null) {
            return "manifest:" + manifest;
        }
        if (price != null) {
            return "";
        }
        throw usage("name the account: --manifest or --sender");
    }

    private List<Object> orders(String target) {
        List<Object> orders = new ArrayList<>();
        if (wei != null) {
            orders.add(new GrantCredit(amount(wei).toRational()));
        }
        if (limit != null) {
            orders.add(new SetCreditLimit(amount(limit).toRational()));
        }
        if (price != null) {
            orders.add(new SetPrice(target, amount(price).toRational()));
        }
        if (bind != null) {
            if (manifest == null) {
                throw usage("--bind needs the --manifest that is bound");
            }
            orders.add(new BindSender(manifest, bind.equals("none") ? null : address(bind)));
        }
        return orders;
    }

    private Fraction amount(String text) {
        try {
            Fraction amount = Fraction.parse(text);
            if (amount.signum() >= 0) {
                return amount;
            }
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        throw usage("'" + text + "' must be 0 or more");
    }

    private String address(String text) {
        if (!text.matches("0[xX][0-9a-fA-F]{40}")) {
            throw usage("'" + text + "' is no address: 0x and 40 hex digits");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}
