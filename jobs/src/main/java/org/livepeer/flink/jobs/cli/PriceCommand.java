package org.livepeer.flink.jobs.cli;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders;
import org.livepeer.flink.connectors.edge.feed.OperatorOrders.Order;
import org.livepeer.flink.connectors.edge.feed.SignedRows;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.Compacted;
import org.livepeer.flink.connectors.kafka.client.TopicContents;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.price.ExchangeRate;
import org.livepeer.flink.operators.price.PriceOrigin;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.PriceQuoted;
import org.livepeer.flink.schemas.Rational;
import org.livepeer.flink.schemas.RecordCodec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows prices, and how a session's came to be. */
@Command(
        name = "price",
        description = "Prices that count now, or how the price of a gateway's session came to be.")
final class PriceCommand implements Callable<Integer> {
    @Mixin Connection connection = new Connection();
    @Mixin Format format = new Format();

    @Option(
            names = {"-why", "--why"},
            paramLabel = "SESSION",
            description =
                    "the session of a gateway's token, or its account session:0xSENDER:SESSION")
    @Nullable String why;

    @Override
    public Integer call() {
        ClusterSecret secret = connection.secret();
        if (why == null) {
            list(secret);
        } else {
            explain(quote(why.substring(why.lastIndexOf(':') + 1), secret));
        }
        return 0;
    }

    private void list(ClusterSecret secret) {
        OperatorOrders orders = new OperatorOrders(secret);
        TopicContents.all(connection.address(), Topics.CONTROL).forEach(orders::take);
        List<List<String>> rows = new ArrayList<>();
        var now = orders.orders(System.currentTimeMillis());
        if (!now.containsKey("")) {
            rows.add(
                    List.of(
                            "everybody",
                            "as -pricePerUnit says",
                            "",
                            "",
                            "",
                            "",
                            "option",
                            "",
                            ""));
        }
        for (Order order : now.values()) {
            PriceOrigin origin = PriceOrigin.of(order.commandId()).orElse(null);
            ExchangeRate rate = origin == null ? null : origin.rate();
            rows.add(
                    List.of(
                            order.scope().isEmpty() ? "everybody" : order.scope(),
                            order.weiPerPixel().toString(),
                            origin == null ? "" : origin.price().perPixel().toString(),
                            origin == null ? "wei" : currency(origin),
                            rate == null ? "" : rate.price() + " " + rate.pair(),
                            rate == null ? "" : time(rate.updatedAtMs()),
                            by(origin),
                            time(order.effectiveFromMs()),
                            order.commandId()));
        }
        format.print(
                List.of(
                        "for",
                        "wei per pixel",
                        "set to",
                        "currency",
                        "rate",
                        "rate of",
                        "by",
                        "since",
                        "command"),
                rows);
    }

    private PriceQuoted quote(String session, ClusterSecret secret) {
        PriceQuoted found = null;
        for (ConsumerRecord<byte[], byte[]> each :
                TopicContents.all(connection.address(), Topics.QUOTES)) {
            if (each.value() == null || !SignedRows.genuine(secret, Topics.QUOTES, each)) {
                continue;
            }
            try {
                PriceQuoted quote = RecordCodec.of(PriceQuoted.class).decode(each.value());
                found = quote.getSessionId().equals(session) ? quote : found;
            } catch (RecordCodec.UndecodableException e) {
                throw new IllegalStateException(
                        "a quote was written by a newer version: " + e.getMessage(), e);
            }
        }
        if (found == null) {
            throw new IllegalStateException(
                    "no quote is known for session "
                            + session
                            + ": quotes are kept for 30 days, and written since this version; the"
                            + " session's price is in `livepeer events session:0xSENDER:"
                            + session
                            + "`");
        }
        return found;
    }

    private void explain(PriceQuoted quote) {
        PriceOrigin origin = PriceOrigin.of(quote.getCommandId()).orElse(null);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("session", quote.getSessionId()));
        rows.add(List.of("sender", quote.getSender()));
        rows.add(List.of("quoted at", time(quote.getQuotedAtMs())));
        rows.add(List.of("wei per pixel", text(quote.getPrice())));
        rows.add(List.of("list price", text(quote.getListed())));
        rows.add(List.of("list price of", scope(quote.getScope())));
        if (!quote.getCommandId().isEmpty()) {
            rows.add(List.of("ordered by", by(origin)));
            rows.add(List.of("ordered at", time(quote.getOrderedAtMs())));
            rows.add(List.of("command", quote.getCommandId()));
        }
        if (origin != null) {
            rows.add(List.of("set to", origin.price().perPixel() + " " + currency(origin)));
            ExchangeRate rate = origin.rate();
            if (rate != null) {
                rows.add(List.of("rate", rate.price() + " " + rate.pair()));
                rows.add(List.of("rate's round", rate.round().toString()));
                rows.add(List.of("rate of", time(rate.updatedAtMs())));
            }
        }
        rows.add(List.of("overhead", overhead(quote)));
        if (quote.getAdjusted()) {
            rows.add(List.of("gas price", quote.getGasPrice() + " wei"));
            rows.add(List.of("redeem gas", Long.toString(quote.getRedeemGas())));
            rows.add(List.of("face value", quote.getFaceValue() + " wei"));
            rows.add(List.of("L1 block", Long.toString(quote.getL1Block())));
        }
        rows.add(List.of("charged at", charged(quote)));
        format.print(List.of("what", "is"), rows);
    }

    /** What the list price was multiplied with before it was cut to a thousandth of a wei. */
    private static String overhead(PriceQuoted quote) {
        if (!quote.getAdjusted()) {
            return "1: nothing was put on it";
        }
        BigInteger cost =
                new BigInteger(quote.getGasPrice())
                        .multiply(BigInteger.valueOf(quote.getRedeemGas()));
        Fraction factor =
                Fraction.of(1).plus(new Fraction(cost, new BigInteger(quote.getFaceValue())));
        return factor + ": 1 + redeem gas x gas price / face value, then cut to 0.001 wei";
    }

    private String charged(PriceQuoted quote) {
        String account = "session:" + quote.getSender() + ":" + quote.getSessionId();
        LedgerEntry entry =
                Compacted.read(connection.address(), Topics.LEDGER, LedgerEntry.class, null)
                        .get(account);
        Rational price = entry == null ? null : entry.getState().getSessionPrice();
        return price == null ? "nothing yet" : text(price) + " wei per pixel";
    }

    private static String scope(String scope) {
        return switch (scope) {
            case "" -> "everybody";
            case "option" -> "-pricePerUnit of the node";
            case "webhook" -> "-authWebhookUrl's answer";
            default -> scope;
        };
    }

    private static String by(@Nullable PriceOrigin origin) {
        if (origin == null) {
            return "command";
        }
        String who = origin.by().name().toLowerCase(Locale.ROOT);
        return origin.why() == PriceOrigin.Why.RATE ? who + ", rate moved" : who;
    }

    private static String currency(PriceOrigin origin) {
        return origin.price().currency().isEmpty() ? "wei" : origin.price().currency();
    }

    private static String text(Rational price) {
        return Fraction.of(price).toString();
    }

    private static String time(long atMs) {
        return Instant.ofEpochMilli(atMs).toString();
    }
}
