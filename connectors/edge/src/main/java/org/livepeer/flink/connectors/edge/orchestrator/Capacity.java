package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.session.StreamName;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.wire.CapabilityNumbers;
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
    private static final Set<Integer> BASE = Set.of(0, 1, 3, 4, 7, 8, 9, 10, 11, 12, 26);

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
            worker.getCapabilities().stream()
                    .flatMap(capability -> CapabilityNumbers.of(capability).stream())
                    .filter(bit -> !BASE.contains(bit))
                    .forEach(bit -> counts.merge(bit, 1, Integer::sum));
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

    /** Whether workers are there but have no place for another session. */
    private boolean isFull(long nowMs) {
        List<WorkerHeartbeat> workers = workers(nowMs, SILENT_MS);
        long places = 0;
        for (WorkerHeartbeat worker : workers) {
            places += worker.getDraining() ? 0 : worker.getMaxSessions();
        }
        long most = Math.min(places, tables.orders().maxSessions().orElse(Integer.MAX_VALUE));
        return !workers.isEmpty() && tables.sessionCount() >= most;
    }

    /**
     * Whether a question for a token may be a living session's renewal, which is always answered.
     * Off chain all senders are one: any session of the wire may be the one.
     */
    boolean mayBeRenewal() {
        return tables.holdsSession(lease -> lease.getManifestId().startsWith(StreamName.PREFIX));
    }

    /** The same for a sender who proved who it is. */
    boolean mayBeRenewal(EthAddress sender) {
        String streams = StreamName.of(sender, ByteString.EMPTY);
        return tables.holdsSession(lease -> lease.getManifestId().startsWith(streams));
    }

    /**
     * Whether somebody who asks for a token is turned away.
     *
     * @param isRenewal whether it may be one whose session lives
     */
    boolean refusesSender(boolean isRenewal, long nowMs) {
        return isFull(nowMs) && !isRenewal;
    }

    /** Whether a segment of a stream is turned away: a stream with a lease never is. */
    boolean refusesStream(String stream, long nowMs) {
        return isFull(nowMs) && !tables.holdsSession(lease -> lease.getManifestId().equals(stream));
    }
}
