package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Redemption;

/**
 * Tickets that pay after their last change, the newest {@value #MOST} of them, and the head of the
 * chain that they are redeemed on. Thread-safe.
 */
public final class Wins {
    /** Tickets that are remembered. */
    static final int MOST = 2_000;

    private final @Nullable ClusterSecret secret;
    private final int most;
    private final Map<String, Redemption> tickets = new HashMap<>();
    private final TreeSet<Named> byAge =
            new TreeSet<>(Comparator.comparingLong(Named::queuedAtMs).thenComparing(Named::hash));
    private @Nullable ChainHead head;

    private record Named(long queuedAtMs, String hash) {}

    /**
     * Tickets in one state.
     *
     * @param faceValue sum, wei
     * @param paid what those paid that are in a block, wei
     */
    public record Sum(int tickets, BigInteger faceValue, BigInteger paid) {
        private Sum with(Redemption ticket) {
            return new Sum(
                    tickets + 1,
                    faceValue.add(Bytes.number(ticket.getTicket().getFaceValue())),
                    paid.add(Bytes.number(ticket.getPayout())));
        }
    }

    /**
     * @param secret checks rows; null takes them unchecked
     */
    public Wins(@Nullable ClusterSecret secret) {
        this(secret, MOST);
    }

    Wins(@Nullable ClusterSecret secret, int most) {
        this.secret = secret;
        this.most = most;
    }

    /** Takes a record of {@code redemptions} or {@code rounds}. */
    void take(Topics topic, ConsumerRecord<byte[], byte[]> message)
            throws RecordCodec.UndecodableException {
        byte @Nullable [] value = message.value();
        if (message.key() == null || value == null || !SignedRows.genuine(secret, topic, message)) {
            return;
        }
        if (topic == Topics.ROUNDS) {
            ChainHead newest = RecordCodec.of(ChainHead.class).decode(value);
            synchronized (this) {
                head = newest;
            }
        } else {
            take(
                    new String(message.key(), US_ASCII),
                    RecordCodec.of(Redemption.class).decode(value));
        }
    }

    private synchronized void take(String hash, Redemption ticket) {
        Redemption before = tickets.put(hash, ticket);
        if (before != null) {
            byAge.remove(new Named(before.getQueuedAtMs(), hash));
        }
        byAge.add(new Named(ticket.getQueuedAtMs(), hash));
        if (tickets.size() > most) {
            tickets.remove(byAge.pollFirst().hash());
        }
    }

    /** Where the chain stands; empty off chain. */
    public synchronized Optional<ChainHead> head() {
        return Optional.ofNullable(head);
    }

    /** The newest tickets, the newest first. */
    public synchronized List<Redemption> newest(int number) {
        List<Redemption> newest = new ArrayList<>();
        for (Named each : byAge.descendingSet()) {
            if (newest.size() == number) {
                break;
            }
            newest.add(tickets.get(each.hash()));
        }
        return newest;
    }

    /** Since when all tickets are in the sums, ms since the epoch; empty when there is none. */
    public synchronized Optional<Long> sinceMs() {
        return byAge.isEmpty() ? Optional.empty() : Optional.of(byAge.first().queuedAtMs());
    }

    /** Sums of all that are remembered, by state. */
    public synchronized Map<ChainWorkState, Sum> sums() {
        Map<ChainWorkState, Sum> sums = new EnumMap<>(ChainWorkState.class);
        Sum none = new Sum(0, BigInteger.ZERO, BigInteger.ZERO);
        for (Redemption each : tickets.values()) {
            sums.put(each.getState(), sums.getOrDefault(each.getState(), none).with(each));
        }
        return sums;
    }
}
