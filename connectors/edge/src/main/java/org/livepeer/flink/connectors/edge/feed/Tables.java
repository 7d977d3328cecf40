package org.livepeer.flink.connectors.edge.feed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The latest row of every session, account, worker, cell and winning ticket. Thread-safe. */
public final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

    /** A worker that was silent for so long is not shown any more. */
    public static final Duration WORKER_FORGOTTEN_AFTER = Duration.ofMinutes(1);

    /** A job that was silent for so long is taken as down. */
    public static final Duration JOB_SILENT_AFTER = Duration.ofSeconds(5);

    /** The job speaks each second; a longer pause counts as an outage. */
    public static final Duration OUTAGE_AFTER = Duration.ofSeconds(2);

    /**
     * Pauses of the job that are over, by the job's own clock: what this process hears late is
     * none. Counted from a minute before it began to listen.
     *
     * @param silentMs how long they lasted in total
     */
    public record Outages(long count, long silentMs) {}

    /**
     * A worker's last sign of life.
     *
     * @param seenAtMs when it came
     */
    public record Beat(WorkerHeartbeat heartbeat, long seenAtMs) {}

    private final ConcurrentMap<String, SessionEntry> sessions = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LedgerEntry> accounts = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Beat> workers = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Liveness> cells = new ConcurrentHashMap<>();
    private final @Nullable ClusterSecret secret;
    private final OperatorOrders orders;
    private final Wins wins;
    private volatile long jobSeenAtMs;
    private volatile Outages outages = new Outages(0, 0);

    /**
     * @param secret checks heartbeats; null takes them unchecked
     */
    public Tables(@Nullable ClusterSecret secret) {
        this.secret = secret;
        this.orders = new OperatorOrders(secret);
        this.wins = new Wins(secret);
    }

    /**
     * Takes a record of {@code sessions}, {@code ledger}, {@code workers}, {@code liveness}, {@code
     * control}, {@code settings}, {@code rounds} or {@code redemptions}.
     */
    public void take(Topics topic, ConsumerRecord<byte[], byte[]> message, long atMs) {
        try {
            switch (topic) {
                case SESSIONS -> put(sessions, SessionEntry.class, message);
                case LEDGER -> put(accounts, LedgerEntry.class, message);
                case WORKERS -> beat(message, atMs);
                case CONTROL -> orders.take(message);
                case SETTINGS -> orders.takeSetting(message);
                case ROUNDS, REDEMPTIONS -> wins.take(topic, message);
                case LIVENESS -> {
                    Liveness before = cells.get(key(message));
                    put(cells, Liveness.class, message);
                    countOutage(before, cells.get(key(message)));
                    jobSeenAtMs = Math.max(jobSeenAtMs, atMs);
                }
                default -> throw new IllegalArgumentException("no rows come from " + topic);
            }
        } catch (RecordCodec.UndecodableException e) {
            LOG.debug("row passed over topic={} cause={}", message.topic(), e.getMessage());
        }
    }

    /** One reader thread calls this. */
    private void countOutage(@Nullable Liveness before, @Nullable Liveness now) {
        long silentMs = before == null || now == null ? 0 : now.getAtMs() - before.getAtMs();
        if (silentMs > OUTAGE_AFTER.toMillis()) {
            outages = new Outages(outages.count() + 1, outages.silentMs() + silentMs);
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> message) {
        return message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
    }

    private static <T extends SpecificRecordBase> void put(
            ConcurrentMap<String, T> rows, Class<T> type, ConsumerRecord<byte[], byte[]> message)
            throws RecordCodec.UndecodableException {
        if (message.key() == null) {
            return;
        }
        String key = new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null || message.value().length == 0) {
            rows.remove(key);
        } else {
            rows.put(key, RecordCodec.of(type).decode(message.value()));
        }
    }

    private void beat(ConsumerRecord<byte[], byte[]> message, long atMs)
            throws RecordCodec.UndecodableException {
        if (message.value() == null || !SignedRows.genuine(secret, Topics.WORKERS, message)) {
            return;
        }
        WorkerHeartbeat beat = RecordCodec.of(WorkerHeartbeat.class).decode(message.value());
        workers.compute(
                beat.getWorkerId(),
                (id, known) -> {
                    boolean old =
                            known != null
                                    && known.heartbeat().getIncarnation() > beat.getIncarnation();
                    return old ? known : new Beat(beat, atMs);
                });
    }

    /** What the operator ordered. */
    public OperatorOrders orders() {
        return orders;
    }

    /** Tickets that pay. */
    public Wins wins() {
        return wins;
    }

    /** Every session, by id. */
    public List<SessionEntry> sessions() {
        return sessions.values().stream()
                .sorted(Comparator.comparing(s -> s.getLease().getSessionId()))
                .toList();
    }

    /** How many sessions hold a lease. */
    public int sessionCount() {
        return sessions.size();
    }

    /** Whether such a session holds a lease. */
    public boolean holdsSession(Predicate<Lease> which) {
        return sessions.values().stream().anyMatch(s -> which.test(s.getLease()));
    }

    /** Every worker that is alive or was within the last minute, by id. */
    public List<Beat> workers(long nowMs) {
        workers.values()
                .removeIf(
                        b ->
                                b.heartbeat().getLeaving()
                                        || nowMs - b.seenAtMs()
                                                > WORKER_FORGOTTEN_AFTER.toMillis());
        return workers.values().stream()
                .sorted(Comparator.comparing(b -> b.heartbeat().getWorkerId()))
                .toList();
    }

    /** The job's last words, by cell. */
    public List<Liveness> cells() {
        return cells.values().stream().sorted(Comparator.comparing(Liveness::getCell)).toList();
    }

    /** When the job was last heard of, ms since the epoch; 0 for never. */
    public long jobSeenAtMs() {
        return jobSeenAtMs;
    }

    /** Pauses of the job that are over. */
    public Outages outages() {
        return outages;
    }

    /** What is missing of the job; empty when it was heard of within the last 5 s. */
    public Optional<String> jobMissing(long nowMs) {
        if (jobSeenAtMs == 0) {
            return Optional.of("the orchestrator job, which was never heard of");
        }
        long silent = nowMs - jobSeenAtMs;
        return silent <= JOB_SILENT_AFTER.toMillis()
                ? Optional.empty()
                : Optional.of("the orchestrator job, last heard of " + silent / 1_000 + " s ago");
    }

    /** Every account's last row. */
    public List<LedgerEntry> accounts() {
        return List.copyOf(accounts.values());
    }

    /** An account's last row. */
    public Optional<LedgerEntry> account(String account) {
        return Optional.ofNullable(accounts.get(account));
    }
}
