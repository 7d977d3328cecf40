package org.livepeer.flink.connectors.kafka.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last value of each key of a topic: read from its beginning to its end, then followed by a
 * thread of its own. A tombstone removes its key. What is unreadable, or lacks the cluster's MAC
 * where one is due, is passed over with a warning. Thread-safe.
 */
public final class CompactedView<V extends SpecificRecordBase> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CompactedView.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Topics topic;
    private final Class<V> type;
    private final @Nullable SignedTopic signed;
    private final TopicTail tail;
    private final Map<String, V> values = new ConcurrentSkipListMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    private CompactedView(
            KafkaAddress address, Topics topic, Class<V> type, @Nullable ClusterSecret secret) {
        this.topic = topic;
        this.type = type;
        this.signed = secret == null ? null : new SignedTopic(address, topic, secret);
        this.tail = TopicTail.fromTheBeginning(address, topic);
        this.thread = new Thread(this::follow, "view-" + topic.baseName());
        thread.setDaemon(true);
    }

    /**
     * Accounts by name.
     *
     * @throws KafkaClientException when no broker answers or the topic is missing; also below
     */
    public static CompactedView<LedgerEntry> ledger(KafkaAddress address) {
        return started(new CompactedView<>(address, Topics.LEDGER, LedgerEntry.class, null));
    }

    /** Running sessions by id. */
    public static CompactedView<SessionEntry> sessions(KafkaAddress address) {
        return started(new CompactedView<>(address, Topics.SESSIONS, SessionEntry.class, null));
    }

    /** The last verified heartbeat of each worker, however old. */
    public static CompactedView<WorkerHeartbeat> workers(
            KafkaAddress address, ClusterSecret secret) {
        return started(new CompactedView<>(address, Topics.WORKERS, WorkerHeartbeat.class, secret));
    }

    /** What a view holds once it is caught up; the view is closed. */
    public static <V extends SpecificRecordBase> Map<String, V> readAll(
            CompactedView<V> view, Duration atMost) {
        try (view) {
            view.awaitCaughtUp(atMost);
            return view.snapshot();
        }
    }

    private static <V extends SpecificRecordBase> CompactedView<V> started(CompactedView<V> view) {
        view.thread.start();
        return view;
    }

    private void follow() {
        try (tail) {
            while (!closed) {
                try {
                    tail.poll(POLL).forEach(this::take);
                    if (caughtUp.getCount() > 0 && tail.caughtUp()) {
                        caughtUp.countDown();
                    }
                } catch (WakeupException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("reading {} again after: {}", topic.baseName(), e.getMessage());
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null || record.value().length == 0) {
            if (signed == null) {
                values.remove(key);
            }
            return;
        }
        if (signed != null && !signed.verifies(record)) {
            LOG.warn(
                    "passed over a record of {} at offset {}: it lacks this cluster's MAC",
                    topic.baseName(),
                    record.offset());
            return;
        }
        try {
            values.put(key, RecordCodec.of(type).decode(record.value()));
        } catch (UndecodableException e) {
            LOG.warn(
                    "passed over a record of {} at offset {}: {}",
                    topic.baseName(),
                    record.offset(),
                    e.getMessage());
        }
    }

    /**
     * Waits until everything is read that was there at the start.
     *
     * @throws KafkaClientException when that takes longer
     */
    public void awaitCaughtUp(Duration atMost) {
        try {
            if (!caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KafkaClientException(
                        "could not read " + topic.baseName() + " to its end in " + atMost);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaClientException("interrupted", e);
        }
    }

    /** True once everything is read that was there at the start. */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    /** All values now, sorted by key. */
    public Map<String, V> snapshot() {
        return new TreeMap<>(values);
    }

    public @Nullable V get(String key) {
        return values.get(key);
    }

    @Override
    public void close() {
        closed = true;
        tail.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
