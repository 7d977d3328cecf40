package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.livepeer.flink.schemas.net.Capabilities;

/**
 * What the deployment's workers can do and how many sessions they take, out of the tables that the
 * edge follows.
 */
final class Capacity {
    private static final long SILENT_MS = 6_000;

    /** A worker that is away for a moment is no reason to refuse what it can do. */
    private static final long GONE_MS = 60_000;

    private static final int MPEG7 = 14;

    /** H.264, MPEG-TS, fractional rates, direct storage, H.264 profiles, GOP, tokens, slicing. */
    private static final int[] BASE = {0, 1, 3, 4, 7, 8, 9, 10, 11, 12, 26};

    private static final Map<String, Integer> BITS =
            Map.of(
                    "format:mp4", 2,
                    "perceptual-hash", MPEG7,
                    "decode:hevc", 15,
                    "encode:h265", 16,
                    "decode:h264-yuv444p", 21,
                    "decode:h264-yuv422p", 22,
                    "decode:h264-yuv444p10le", 23,
                    "decode:h264-yuv422p10le", 24,
                    "decode:h264-yuv420p10le", 25);

    private final Tables tables;

    Capacity(Tables tables) {
        this.tables = tables;
    }

    private List<WorkerHeartbeat> workers(long nowMs, long silentMs) {
        return tables.workers(nowMs).stream()
                .filter(b -> nowMs - b.seenAtMs() <= silentMs)
                .map(Tables.Beat::heartbeat)
                .filter(b -> !b.getLeaving())
                .toList();
    }

    /**
     * The network's capability bits of all workers together, and how many of them have each. A
     * deployment without a worker says what any worker could do, as go-livepeer does.
     */
    Capabilities capabilities(long nowMs) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (int bit : BASE) {
            counts.put(bit, 1);
        }
        List<WorkerHeartbeat> workers = workers(nowMs, GONE_MS);
        if (workers.isEmpty()) {
            counts.put(2, 1);
            counts.put(MPEG7, 1);
        }
        for (WorkerHeartbeat worker : workers) {
            for (int bit : BASE) {
                counts.merge(bit, 1, Integer::sum);
            }
            for (String capability : worker.getCapabilities()) {
                Integer bit = BITS.get(capability);
                if (bit != null) {
                    counts.merge(bit, 1, Integer::sum);
                }
            }
        }
        BitSet bits = new BitSet();
        counts.keySet().forEach(bits::set);
        Capabilities.Builder builder =
                Capabilities.newBuilder()
                        .setVersion(OrchestratorWire.VERSION)
                        .setConstraints(Capabilities.Constraints.getDefaultInstance());
        for (long word : bits.toLongArray()) {
            builder.addBitstring(word);
        }
        builder.putAllCapacities(counts);
        return builder.build();
    }

    /**
     * Whether a job's needs are met (go-livepeer {@code core/capabilities.go}, CompatibleWith): its
     * least version, and each of its bits; more words than ours never are, even empty ones.
     */
    static boolean meets(Capabilities needed, Capabilities offered) {
        if (!ProtocolVersion.isAtLeast(
                offered.getVersion(), needed.getConstraints().getMinVersion())) {
            return false;
        }
        if (needed.getBitstringCount() > offered.getBitstringCount()) {
            return false;
        }
        for (int i = 0; i < needed.getBitstringCount(); i++) {
            if ((needed.getBitstring(i) & ~offered.getBitstring(i)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether workers are there but have no place for another session. */
    private boolean isFull(long nowMs) {
        List<WorkerHeartbeat> workers = workers(nowMs, SILENT_MS);
        long places = 0;
        for (WorkerHeartbeat worker : workers) {
            places += worker.getDraining() ? 0 : worker.getMaxSessions();
        }
        return !workers.isEmpty() && tables.sessionCount() >= places;
    }

    /**
     * Whether a question for a token may be a living session's renewal, which is always answered.
     * Off chain all senders are one: any session of the wire may be the one.
     */
    boolean mayBeRenewal() {
        return tables.holdsSession(m -> m.startsWith(StreamName.PREFIX));
    }

    /** Whether somebody who asks for a token is turned away. */
    boolean refusesSender(long nowMs) {
        return isFull(nowMs) && !mayBeRenewal();
    }

    /** Whether a segment of a stream is turned away: a stream with a lease never is. */
    boolean refusesStream(String stream, long nowMs) {
        return isFull(nowMs) && !tables.holdsSession(stream::equals);
    }
}
