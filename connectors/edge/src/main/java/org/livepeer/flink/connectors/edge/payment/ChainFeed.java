package org.livepeer.flink.connectors.edge.payment;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.feed.SignedRows;
import org.livepeer.flink.connectors.edge.feed.TopicTail;
import org.livepeer.flink.connectors.edge.feed.TopicTail.Start;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.ChainView;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.SenderFunds;
import org.livepeer.flink.operators.ticket.Standing;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SenderEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chain as the jobs tell it on {@code rounds}, {@code senders}, {@code orchestrators} and
 * {@code redemptions}; records without the cluster's MAC count for nothing. Thread-safe.
 */
public final class ChainFeed implements Standing, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainFeed.class);

    private final ClusterSecret secret;
    private final Duration staleAfter;
    private final TopicTail tail;
    private final ConcurrentMap<String, SenderEntry> senders = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, OrchestratorEntry> orchestrators =
            new ConcurrentHashMap<>();
    private final WinsUnderWay underWay = new WinsUnderWay();
    private volatile @Nullable ChainHead head;

    /**
     * @param staleAfter a newest block that is older than that is no basis for money
     */
    public ChainFeed(KafkaAddress address, ClusterSecret secret, Duration staleAfter) {
        this.secret = secret;
        this.staleAfter = staleAfter;
        this.tail =
                new TopicTail(
                        "chain",
                        address,
                        List.of(
                                new Start(Topics.ROUNDS, null),
                                new Start(Topics.SENDERS, null),
                                new Start(Topics.ORCHESTRATORS, null),
                                new Start(Topics.REDEMPTIONS, null)),
                        (topic, message, atMs) -> take(topic, message));
    }

    /** Begins to read. */
    public void start() {
        tail.start();
    }

    private void take(Topics topic, ConsumerRecord<byte[], byte[]> message) {
        byte @Nullable [] key = message.key();
        if (key == null || message.value() == null || !SignedRows.genuine(secret, topic, message)) {
            return;
        }
        String name = new String(key, US_ASCII);
        try {
            switch (topic) {
                case ROUNDS -> head = RecordCodec.of(ChainHead.class).decode(message.value());
                case SENDERS ->
                        senders.put(
                                name, RecordCodec.of(SenderEntry.class).decode(message.value()));
                case ORCHESTRATORS ->
                        orchestrators.put(
                                name,
                                RecordCodec.of(OrchestratorEntry.class).decode(message.value()));
                case REDEMPTIONS ->
                        underWay.take(
                                name, RecordCodec.of(Redemption.class).decode(message.value()));
                default -> throw new IllegalArgumentException("the chain is not told on " + topic);
            }
        } catch (RecordCodec.UndecodableException e) {
            LOG.debug("row passed over topic={} cause={}", message.topic(), e.getMessage());
        }
    }

    /** What it waits for before money can be counted by it; empty when nothing. */
    public Optional<String> waitingFor(long nowMs) {
        Optional<String> reading = tail.waitingFor();
        ChainHead newest = head;
        if (reading.isPresent()) {
            return reading;
        }
        if (newest == null) {
            return Optional.of("the chain, of which the topic rounds says nothing yet");
        }
        long age = nowMs - newest.getBlockAtMs();
        return age > staleAfter.toMillis()
                ? Optional.of(
                        "a block of the chain: the newest that was read is "
                                + age / 1_000
                                + " s old")
                : Optional.empty();
    }

    /**
     * Where the chain stands, however old that is.
     *
     * @throws IllegalStateException before all rows were read
     */
    public ChainHead head() {
        if (tail.waitingFor().isPresent()) {
            throw new IllegalStateException("the rows of the chain are not all read yet");
        }
        return newest();
    }

    /**
     * What somebody has at the broker contract; empty when it never had anything.
     *
     * @throws IllegalStateException before all rows were read
     */
    public Optional<SenderEntry> sender(EthAddress sender) {
        head();
        return Optional.ofNullable(senders.get(sender.lower()));
    }

    private ChainHead newest() {
        ChainHead newest = head;
        if (newest == null) {
            throw new IllegalStateException("nothing is known of the chain yet");
        }
        return newest;
    }

    /** What new parameters are made from. */
    ChainView view() {
        ChainHead newest = newest();
        return new ChainView(
                BigInteger.valueOf(newest.getL1Block()),
                newest.getRound(),
                Bytes.of(newest.getRoundBlockHash()),
                Bytes.of(newest.getPreviousRoundBlockHash()),
                Bytes.number(newest.getGasPrice()));
    }

    /** Newest L1 block. */
    long l1Block() {
        return newest().getL1Block();
    }

    /** What a sender has; nothing when it never had anything. */
    SenderFunds funds(EthAddress sender) {
        SenderEntry entry = senders.get(sender.lower());
        ChainHead newest = newest();
        if (entry == null) {
            return new SenderFunds(
                    BigInteger.ZERO,
                    BigInteger.ZERO,
                    BigInteger.ZERO,
                    BigInteger.ZERO,
                    newest.getPoolSize(),
                    underWay.of(sender));
        }
        boolean claimsCount = entry.getClaimRound() == newest.getRound();
        return new SenderFunds(
                Bytes.number(entry.getDeposit()),
                Bytes.number(entry.getReserve()),
                claimsCount ? Bytes.number(entry.getClaimed()) : BigInteger.ZERO,
                claimsCount ? Bytes.number(entry.getClaimedByUs()) : BigInteger.ZERO,
                newest.getPoolSize(),
                underWay.of(sender));
    }

    @Override
    public long round() {
        return newest().getRound();
    }

    @Override
    public boolean isActive(EthAddress orchestrator) {
        OrchestratorEntry entry = orchestrators.get(orchestrator.lower());
        long round = round();
        return entry != null
                && entry.getActivationRound() <= round
                && round < entry.getDeactivationRound();
    }

    @Override
    public boolean unlocksSoon(EthAddress sender) {
        SenderEntry entry = senders.get(sender.lower());
        return entry != null
                && entry.getWithdrawRound() != 0
                && entry.getWithdrawRound() <= round() + 1;
    }

    @Override
    public void close() {
        tail.close();
    }
}
