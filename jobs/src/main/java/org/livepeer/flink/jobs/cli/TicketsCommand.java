package org.livepeer.flink.jobs.cli;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.connectors.kafka.client.EventTail;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.TicketOrder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tickets that pay. */
@Command(
        name = "tickets",
        description =
                "Tickets that pay, and what became of them; inspect one, have it tried again or given"
                        + " up.")
final class TicketsCommand implements Callable<Integer> {
    /** 0x and ten digits. */
    private static final int SHORT = 12;

    @Mixin Connection connection = new Connection();
    @Mixin Format format = new Format();

    @Option(
            names = {"-state", "--state"},
            paramLabel = "STATE",
            description = "only those: QUEUED, SIGNED, SENT, MINED, CONFIRMED, EXPIRED or DEAD")
    @Nullable String state;

    @Option(
            names = {"-sender", "--sender"},
            paramLabel = "0xADDRESS",
            description = "only those of that gateway")
    @Nullable String sender;

    @Option(
            names = {"-inspect", "--inspect"},
            paramLabel = "HASH",
            description = "everything about one; the hash's beginning is enough")
    @Nullable String inspect;

    @Option(
            names = {"-retry", "--retry"},
            paramLabel = "HASH",
            description = "try it at once, also one that was given up")
    @Nullable String retry;

    @Option(
            names = {"-skip", "--skip"},
            paramLabel = "HASH",
            description = "give it up")
    @Nullable String skip;

    @Option(
            names = {"-ethAcctAddr", "--ethAcctAddr"},
            paramLabel = "0xADDRESS",
            description = "the account that settles, for --retry and --skip")
    @Nullable String account;

    @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        check();
        Map<String, Redemption> all =
                Compacted.read(
                        connection.address(),
                        Topics.REDEMPTIONS,
                        Redemption.class,
                        connection.secret());
        if (inspect != null) {
            return inspect(find(all, inspect));
        }
        if (retry != null) {
            return order(find(all, retry), "retry");
        }
        if (skip != null) {
            return order(find(all, skip), "skip");
        }
        list(all);
        return 0;
    }

    /** Before anything is asked: a name that nothing has would list nothing. */
    private void check() {
        if (Stream.of(inspect, retry, skip).filter(Objects::nonNull).count() > 1) {
            throw usage("say one of --inspect, --retry, --skip");
        }
        List<String> states = Stream.of(ChainWorkState.values()).map(Enum::name).toList();
        if (state != null && !states.contains(state.toUpperCase(Locale.ROOT))) {
            throw usage("--state " + state + " is none of " + String.join(", ", states));
        }
        if (sender != null && !sender.matches("0[xX][0-9a-fA-F]{40}")) {
            throw usage("--sender '" + sender + "' is no address: 0x and 40 hex digits");
        }
        if (retry != null || skip != null) {
            account();
        }
    }

    private String account() {
        if (account == null) {
            throw usage("name the account that settles: -ethAcctAddr 0xADDRESS");
        }
        String flaw = SettlementOrders.flaw(account);
        if (flaw != null) {
            throw usage(flaw);
        }
        return account;
    }

    private void list(Map<String, Redemption> all) {
        List<Redemption> shown = new ArrayList<>();
        for (Redemption each : all.values()) {
            boolean fits =
                    (state == null || each.getState().name().equalsIgnoreCase(state))
                            && (sender == null || sender(each).equalsIgnoreCase(sender));
            if (fits) {
                shown.add(each);
            }
        }
        shown.sort(Comparator.comparingLong(Redemption::getQueuedAtMs));
        List<List<String>> rows = new ArrayList<>();
        Map<String, BigInteger> sums = new TreeMap<>();
        for (Redemption each : shown) {
            BigInteger faceValue = Bytes.number(each.getTicket().getFaceValue());
            sums.merge(each.getState().name(), faceValue, BigInteger::add);
            rows.add(
                    List.of(
                            legible(hex(each.getTicket().getTicketHash())),
                            sender(each),
                            faceValue.toString(),
                            each.getState().name(),
                            paid(each),
                            Long.toString(each.getTicket().getCreationRound()),
                            Integer.toString(each.getAttempts()),
                            transaction(each),
                            each.getReason()));
        }
        format.print(
                List.of(
                        "ticket",
                        "sender",
                        "wei",
                        "state",
                        "paid",
                        "round",
                        "tries",
                        "transaction",
                        "reason"),
                rows);
        if (!format.json) {
            sums.forEach((name, wei) -> System.out.println(name + " " + wei + " wei"));
        }
    }

    /** Enough of a hash to name it by; all of it in JSON. */
    private String legible(String hash) {
        return format.json ? hash : hash.substring(0, SHORT);
    }

    private static String transaction(Redemption ticket) {
        return ticket.getTransaction().hasRemaining() ? hex(ticket.getTransaction()) : "";
    }

    private static String paid(Redemption ticket) {
        return ticket.getTransaction().hasRemaining()
                ? Bytes.number(ticket.getPayout()).toString()
                : "";
    }

    private Redemption find(Map<String, Redemption> all, String beginning) {
        String wanted = beginning.toLowerCase(Locale.ROOT);
        String prefix = wanted.startsWith("0x") ? wanted : "0x" + wanted;
        List<Redemption> found = new ArrayList<>();
        all.forEach(
                (hash, ticket) -> {
                    if (hash.startsWith(prefix)) {
                        found.add(ticket);
                    }
                });
        if (found.size() != 1) {
            throw usage(
                    found.size() + " tickets begin with " + beginning + ": give more of its hash");
        }
        return found.get(0);
    }

    private int inspect(Redemption ticket) {
        String hash = hex(ticket.getTicket().getTicketHash());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ticket", hash));
        rows.add(List.of("sender", sender(ticket)));
        rows.add(List.of("recipient", hex(ticket.getTicket().getRecipient())));
        rows.add(List.of("wei", Bytes.number(ticket.getTicket().getFaceValue()).toString()));
        rows.add(List.of("sender's number", Long.toString(ticket.getTicket().getSenderNonce())));
        rows.add(List.of("session", ticket.getTicket().getSessionId()));
        rows.add(List.of("round", Long.toString(ticket.getTicket().getCreationRound())));
        rows.add(
                List.of(
                        "secret until L1 block",
                        Bytes.number(ticket.getTicket().getExpirationBlock()).toString()));
        rows.add(List.of("state", ticket.getState().name()));
        rows.add(List.of("reason", ticket.getReason()));
        rows.add(List.of("tries", Integer.toString(ticket.getAttempts())));
        rows.add(List.of("transaction", transaction(ticket)));
        rows.add(List.of("block", Long.toString(ticket.getBlock())));
        rows.add(List.of("paid", paid(ticket)));
        format.print(List.of("what", "is"), rows);
        if (!format.json) {
            try (EventTail events = new EventTail(connection.address(), true)) {
                events.untilNow(
                        event -> {
                            if (hash.equals(event.getNumbers().get("ticket"))) {
                                Printing.event(event);
                            }
                        });
            }
        }
        return 0;
    }

    private int order(Redemption ticket, String action) {
        return SettlementOrders.give(
                connection,
                account(),
                UUID.randomUUID().toString(),
                new TicketOrder(ticket.getTicket().getTicketHash(), action),
                Duration.ofSeconds(30));
    }

    private static String sender(Redemption ticket) {
        return hex(ticket.getTicket().getSender());
    }

    private static String hex(ByteBuffer bytes) {
        return "0x" + HexFormat.of().formatHex(Bytes.of(bytes));
    }

    private RuntimeException usage(String problem) {
        return spec == null
                ? new IllegalArgumentException(problem)
                : new CommandLine.ParameterException(spec.commandLine(), problem);
    }
}
