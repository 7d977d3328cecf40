package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.ControlProducer;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.EffectiveFrom;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SetPrice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator ordered that edges need to know: prices, out of all of {@code control}, by the
 * rule that Ledger charges by; the most sessions, out of {@code settings}. Thread-safe.
 */
public final class OperatorOrders {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorOrders.class);
    private static final String EVERYBODY = "";
    private static final String CAPABILITY = "capability:";
    private static final int KEPT = 64;

    private final @Nullable ClusterSecret secret;
    private final Map<String, ConcurrentSkipListMap<Long, Order>> prices =
            new ConcurrentHashMap<>();
    private final Map<String, Order> newest = new ConcurrentHashMap<>();
    private volatile int maxSessions;

    /**
     * A price that was ordered.
     *
     * @param scope "" for everybody, an account, or a capability as {@link #capability} names it
     * @param weiPerPixel what it is
     * @param commandId of the order
     * @param orderedAtMs its append time, ms since the epoch
     * @param effectiveFromMs from when on it counts
     */
    public record Order(
            String scope,
            Fraction weiPerPixel,
            String commandId,
            long orderedAtMs,
            long effectiveFromMs) {}

    /** The scope of prices for requests that need a capability, in go-livepeer's numbers. */
    public static String capability(int number) {
        return CAPABILITY + number;
    }

    /**
     * @param secret checks commands; null takes them unchecked
     */
    public OperatorOrders(@Nullable ClusterSecret secret) {
        this.secret = secret;
    }

    /** Takes a record of {@code control}. */
    public void take(ConsumerRecord<byte[], byte[]> message) {
        if (message.value() == null || !SignedRows.genuine(secret, Topics.CONTROL, message)) {
            return;
        }
        ControlCommand command;
        try {
            command = RecordCodec.of(ControlCommand.class).decode(message.value());
        } catch (RecordCodec.UndecodableException e) {
            LOG.debug("command passed over cause={}", e.getMessage());
            return;
        }
        if (command.getCommand() instanceof SetPrice price) {
            long from = EffectiveFrom.of(command, message.timestamp());
            Order order =
                    new Order(
                            price.getScope(),
                            Fraction.of(price.getPrice()),
                            command.getId(),
                            message.timestamp(),
                            from);
            ConcurrentSkipListMap<Long, Order> history =
                    prices.computeIfAbsent(order.scope(), scope -> new ConcurrentSkipListMap<>());
            history.put(from, order);
            newest.put(order.scope(), order);
            if (history.size() > KEPT) {
                history.pollFirstEntry();
            }
        }
    }

    /** Takes a record of {@code settings}. */
    public void takeSetting(ConsumerRecord<byte[], byte[]> message) {
        boolean limit =
                message.key() != null
                        && new String(message.key(), UTF_8).equals(ControlProducer.SESSION_LIMIT);
        if (!limit
                || message.value() == null
                || !SignedRows.genuine(secret, Topics.SETTINGS, message)) {
            return;
        }
        try {
            SessionLimit most = RecordCodec.of(SessionLimit.class).decode(message.value());
            maxSessions = Math.max(0, most.getMaxSessions());
        } catch (RecordCodec.UndecodableException e) {
            LOG.debug("setting passed over cause={}", e.getMessage());
        }
    }

    /**
     * The price of a request: its account's own, else everybody's; or the highest of the prices for
     * capabilities that it needs, when that is more. Empty when none was ever set.
     *
     * @param option what counts where nothing was ordered, wei per pixel
     * @param needs whether the request needs a capability of go-livepeer's number
     */
    public Optional<Order> price(String account, Fraction option, IntPredicate needs, long atMs) {
        Map<String, Order> now = orders(atMs);
        Order everybody = now.get(EVERYBODY);
        Order base = now.getOrDefault(account, everybody);
        Fraction least = base == null ? option : base.weiPerPixel();
        Order chosen = base;
        for (Order each : now.values()) {
            if (each.scope().startsWith(CAPABILITY)
                    && each.weiPerPixel().compareTo(least) > 0
                    && needs.test(number(each.scope()))) {
                chosen = each;
                least = each.weiPerPixel();
            }
        }
        return Optional.ofNullable(chosen);
    }

    /** Capabilities that have a price, in go-livepeer's numbers. */
    public Set<Integer> pricedCapabilities(long atMs) {
        Set<Integer> priced = new TreeSet<>();
        prices.forEach(
                (scope, history) -> {
                    if (scope.startsWith(CAPABILITY) && history.floorKey(atMs) != null) {
                        priced.add(number(scope));
                    }
                });
        return priced;
    }

    private static int number(String scope) {
        String digits = scope.substring(CAPABILITY.length());
        return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : Integer.MAX_VALUE;
    }

    /** Prices that count, by scope: an account, a capability, or "" for everybody. */
    public Map<String, Order> orders(long atMs) {
        Map<String, Order> now = new TreeMap<>();
        prices.forEach(
                (scope, history) -> {
                    Map.Entry<Long, Order> last = history.floorEntry(atMs);
                    if (last != null) {
                        now.put(scope, last.getValue());
                    }
                });
        return now;
    }

    /** The order that came last for each scope, whether it counts yet or not. */
    public Map<String, Order> newest() {
        return new TreeMap<>(newest);
    }

    /** Most sessions of the network at the same time; empty for what the workers take. */
    public OptionalInt maxSessions() {
        int most = maxSessions;
        return most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
    }
}
