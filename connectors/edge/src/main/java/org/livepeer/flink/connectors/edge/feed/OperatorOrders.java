package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
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

    private final @Nullable ClusterSecret secret;
    private final Map<String, ConcurrentSkipListMap<Long, Fraction>> prices =
            new ConcurrentHashMap<>();
    private volatile int maxSessions;

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
            prices.computeIfAbsent(price.getScope(), scope -> new ConcurrentSkipListMap<>())
                    .put(
                            EffectiveFrom.of(command, message.timestamp()),
                            Fraction.of(price.getPrice()));
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
     * wei per pixel for an account: its own price, else everybody's; empty when neither was ever
     * set.
     */
    public Optional<Fraction> price(String account, long atMs) {
        Map<String, Fraction> now = prices(atMs);
        Fraction everybody = now.get(EVERYBODY);
        return Optional.ofNullable(now.getOrDefault(account, everybody));
    }

    /** Prices that count, by scope: an account, or "" for everybody. */
    public Map<String, Fraction> prices(long atMs) {
        Map<String, Fraction> now = new TreeMap<>();
        prices.forEach(
                (scope, history) -> {
                    Map.Entry<Long, Fraction> last = history.floorEntry(atMs);
                    if (last != null) {
                        now.put(scope, last.getValue());
                    }
                });
        return now;
    }

    /** Most sessions of the network at the same time; empty for what the workers take. */
    public OptionalInt maxSessions() {
        int most = maxSessions;
        return most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
    }
}
