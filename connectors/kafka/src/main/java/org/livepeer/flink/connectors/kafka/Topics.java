package org.livepeer.flink.connectors.kafka;

import java.util.LinkedHashMap;
import java.util.Map;

/** The topics of a deployment, and how each is kept. */
public enum Topics {
    /** Pushes, keyed by manifest. */
    SEGMENTS("segments", 8, Keep.DAY, true),
    /** Tickets that came with pushes of the wire, keyed by token session; signed. */
    PAYMENTS("payments", 8, Keep.DAY, false),
    /** Tickets that pay, keyed by sender; signed. Kept until they cannot be redeemed any more. */
    WINNING_TICKETS("winning-tickets", 4, Keep.MONTH, false),
    /**
     * Blocks with what the contracts logged, in one order; signed. Kept for ever: folds begin
     * there.
     */
    CHAIN("chain", 1, Keep.FOREVER, false),
    /** The chain as it stands; signed. */
    ROUNDS("rounds", 1, Keep.LATEST, false),
    /** What each sender has at the broker contract; signed. */
    SENDERS("senders", 1, Keep.LATEST, false),
    /** Orchestrators of the network; signed. */
    ORCHESTRATORS("orchestrators", 1, Keep.LATEST, false),
    /** What was signed for accounts, in one order: the outbox; signed by the cluster, too. */
    TRANSACTIONS("transactions", 1, Keep.MONTH, false),
    /** Tickets that pay after their last change; signed. */
    REDEMPTIONS("redemptions", 1, Keep.LATEST_MONTH, false),
    /** Operators' orders to the chain; signed. None that is older counts. */
    ORDERS("orders", 1, Keep.DAY, false),
    /** Answers to Avro pushes. */
    RESULTS("results", 8, Keep.DAY, true),
    /** Raw answers to raw pushes, keyed by manifest. */
    RENDITIONS("renditions", 8, Keep.DAY, true),
    /** What became of work, keyed by account; signed. */
    RECEIPTS("receipts", 4, Keep.DAY, false),
    /** Operators' commands; signed. Kept for ever: a command counts once for ever. */
    CONTROL("control", 1, Keep.FOREVER, false),
    /** What operators set for all edges; signed. Only the last of each is kept. */
    SETTINGS("settings", 1, Keep.LATEST, false),
    /** How sessions' prices came to be, keyed by session; signed. Kept as long as events. */
    QUOTES("quotes", 1, Keep.MONTH, false),
    /** Workers' signs of life; signed. Only the last of each worker is kept. */
    WORKERS("workers", 1, Keep.LATEST, false),
    /** Where Work's subtasks run; signed. Only the last of each is kept. */
    SUBTASKS("subtasks", 1, Keep.LATEST, false),
    /** Accounts after their last change. */
    LEDGER("ledger", 4, Keep.LATEST, false),
    /** Sessions after their last change. */
    SESSIONS("sessions", 4, Keep.LATEST, false),
    /** The job's word, each second, that it works. */
    LIVENESS("liveness", 1, Keep.LATEST, false),
    /** Decisions and payments. */
    EVENTS("events", 4, Keep.MONTH, false),
    /** What could not be accepted, as it came. */
    DEAD_LETTER("dead-letter", 1, Keep.MONTH, true),
    /** Which job owns the deployment; signed. */
    EPOCHS("epochs", 1, Keep.FOREVER, false);

    /** Largest record with media, bytes: the value's limit and room for headers. */
    public static final int MAX_MEDIA_RECORD_BYTES = 16 << 20;

    private static final int MAX_SMALL_RECORD_BYTES = 4 << 20;

    private enum Keep {
        DAY("delete", 24L * 3_600_000),
        MONTH("delete", 30L * 24 * 3_600_000),
        FOREVER("delete", -1),
        LATEST("compact", -1),
        LATEST_MONTH("compact,delete", 30L * 24 * 3_600_000);

        private final String policy;
        private final long retentionMs;

        Keep(String policy, long retentionMs) {
            this.policy = policy;
            this.retentionMs = retentionMs;
        }
    }

    private final String baseName;
    private final int partitions;
    private final Keep keep;
    private final boolean media;

    Topics(String baseName, int partitions, Keep keep, boolean media) {
        this.baseName = baseName;
        this.partitions = partitions;
        this.keep = keep;
        this.media = media;
    }

    /** The name without the deployment's prefix; a record's MAC covers this one. */
    public String baseName() {
        return baseName;
    }

    /** The name on the broker. */
    public String name(String prefix) {
        return prefix + baseName;
    }

    /** Fixed for life: the keys' order hangs on it. */
    public int partitions() {
        return partitions;
    }

    /** Largest record, bytes. */
    public int maxRecordBytes() {
        return media ? MAX_MEDIA_RECORD_BYTES : MAX_SMALL_RECORD_BYTES;
    }

    /** A dead letter is its original and what was wrong with it. */
    private int room() {
        return this == DEAD_LETTER ? 1 << 20 : 64 << 10;
    }

    /** Topic settings. Append time is the broker's: no client says when something was pushed. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("cleanup.policy", keep.policy);
        settings.put("retention.ms", Long.toString(keep.retentionMs));
        settings.put("message.timestamp.type", "LogAppendTime");
        settings.put("max.message.bytes", Integer.toString(maxRecordBytes() + room()));
        if (keep == Keep.LATEST || keep == Keep.LATEST_MONTH) {
            settings.put("segment.ms", "600000");
            settings.put("min.cleanable.dirty.ratio", "0.2");
        }
        return settings;
    }
}
