package org.livepeer.flink.connectors.edge.playback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.livepeer.flink.connectors.edge.playback.Arrival.RenditionArrived;
import org.livepeer.flink.connectors.edge.playback.Arrival.SegmentFailed;

/**
 * The sliding window of one stream. Publishes the contiguous prefix of whole segments; a failed
 * segment, or one that is missing for {@link WindowRules#gapAfter}, becomes a discontinuity as soon
 * as a later segment is ready. What was published does not change any more.
 *
 * <p>Not thread-safe: {@link StreamCatalog} holds the lock. Time is handed in, in ms.
 */
final class StreamWindow {
    private static final long NONE = -1;
    private static final int MOST_PENDING = 512;

    private final WindowRules rules;
    private final Consumer<Content> discard;
    private final Rewind rewind;
    private final NavigableMap<Long, Slot> pending = new TreeMap<>();
    private final Deque<PublishedSegment> published = new ArrayDeque<>();
    private Set<RenditionName> usual = Set.of();
    private long next = NONE;
    private long nextIndex;
    private long discontinuities;
    private boolean broken;
    private int targetSeconds = 1;
    final StreamTally tally = new StreamTally();

    /**
     * @param discard told of content that is not needed any more
     */
    StreamWindow(WindowRules rules, Consumer<Content> discard) {
        this.rules = rules;
        this.discard = discard;
        this.rewind = new Rewind(rules.restartAfter().toMillis());
    }

    /** Takes a rendition whose bytes are kept as {@code piece}. */
    void accept(RenditionArrived arrival, Piece piece, long atMs) {
        // As if time had passed until then: who reads this later decides as who read it at once.
        advance(atMs);
        tally.arrived(atMs);
        if (refuses(arrival.seq(), atMs)) {
            tally.late(publishedHas(arrival.seq(), arrival.rendition()));
            discard.accept(piece.content());
            return;
        }
        Slot slot = pending.computeIfAbsent(arrival.seq(), Slot::new);
        if (slot.add(arrival, piece, atMs)) {
            tally.ok();
        } else {
            tally.late(true);
            discard.accept(piece.content());
        }
        dropExcess();
        advance(atMs);
    }

    /** Takes a failure. */
    void accept(SegmentFailed arrival, long atMs) {
        advance(atMs);
        tally.arrived(atMs);
        boolean behind = next != NONE && arrival.seq() < next;
        if (behind
                || !pending.computeIfAbsent(arrival.seq(), Slot::new)
                        .fail(arrival.reason(), atMs)) {
            tally.late(true);
            return;
        }
        tally.failed(arrival.reason());
        dropExcess();
        advance(atMs);
    }

    /** Publishes what is due. */
    void advance(long nowMs) {
        if (next == NONE && !begin(nowMs)) {
            return;
        }
        for (Optional<Slot> due = due(nowMs); due.isPresent(); due = due(nowMs)) {
            publish(due.get(), nowMs);
        }
        slide();
    }

    private boolean begin(long nowMs) {
        List<Slot> ready = pending.values().stream().filter(s -> ready(s, nowMs)).toList();
        if (ready.isEmpty()) {
            return false;
        }
        Slot first = ready.get(0);
        boolean settled =
                first.seq == 0
                        || ready.size() > 1
                        || nowMs - first.changedAtMs() >= rules.settle().toMillis();
        if (!settled) {
            return false;
        }
        next = first.seq;
        return true;
    }

    /**
     * The slot to publish next: the head, or a later one when all before it is failed or overdue.
     */
    private Optional<Slot> due(long nowMs) {
        long failedBefore = 0;
        for (Slot slot : pending.tailMap(next, true).values()) {
            if (ready(slot, nowMs)) {
                boolean nothingMissing = slot.seq - next == failedBefore;
                boolean overdue = nowMs - slot.changedAtMs() >= rules.gapAfter().toMillis();
                return nothingMissing || overdue ? Optional.of(slot) : Optional.empty();
            }
            if (slot.failed()) {
                failedBefore++;
            }
        }
        return Optional.empty();
    }

    private boolean ready(Slot slot, long nowMs) {
        if (slot.whole(usual)) {
            return true;
        }
        long patience = usual.isEmpty() ? rules.settle().toMillis() : rules.gapAfter().toMillis();
        return !slot.pieces.isEmpty() && nowMs - slot.changedAtMs() >= patience;
    }

    private void publish(Slot slot, long nowMs) {
        boolean gap = slot.seq != next;
        if (gap) {
            tally.skipped(slot.seq - next);
            NavigableMap<Long, Slot> passed = pending.headMap(slot.seq, false);
            passed.values().forEach(this::discard);
            passed.clear();
        }
        boolean cut = nextIndex > 0 && (broken || gap || changed(slot));
        if (cut) {
            discontinuities++;
        }
        PublishedSegment segment =
                new PublishedSegment(
                        nextIndex++,
                        slot.seq,
                        slot.durationMs(),
                        cut,
                        discontinuities,
                        Map.copyOf(slot.pieces));
        published.addLast(segment);
        pending.remove(slot.seq);
        next = slot.seq + 1;
        broken = false;
        usual = segment.pieces().keySet();
        targetSeconds = Math.max(targetSeconds, (int) Math.round(segment.durationMs() / 1000.0));
        rewind.forward(nowMs);
        tally.published(segment);
    }

    /** Whether a decoder or its clock has to begin anew, although no segment is missing. */
    private boolean changed(Slot slot) {
        PublishedSegment last = published.peekLast();
        return last != null
                && slot.pieces.entrySet().stream()
                        .anyMatch(
                                entry -> {
                                    Piece before = last.pieces().get(entry.getKey());
                                    return before != null
                                            && !follows(
                                                    before, last.durationMs(), entry.getValue());
                                });
    }

    private static boolean follows(Piece before, long durationMs, Piece next) {
        return !next.picture().decodesDifferently(before.picture())
                && TransportStart.runsOn(before.start(), durationMs, next.start());
    }

    /** Whether a number lies behind what is published and does not begin the stream anew. */
    private boolean refuses(long seq, long atMs) {
        if (next == NONE || seq >= next) {
            return false;
        }
        boolean known = published.stream().anyMatch(s -> s.seq() == seq);
        boolean oldest = !published.isEmpty() && seq <= published.getFirst().seq();
        if (!rewind.startsAnew(seq, known && !oldest, atMs)) {
            return true;
        }
        clear();
        broken = true;
        next = NONE;
        return false;
    }

    private boolean publishedHas(long seq, RenditionName rendition) {
        return published.stream()
                .anyMatch(s -> s.seq() == seq && s.pieces().containsKey(rendition));
    }

    private void slide() {
        long kept = 0;
        int count = 0;
        Iterator<PublishedSegment> newestFirst = published.descendingIterator();
        while (newestFirst.hasNext()
                && (kept < 2 * rules.length().toMillis() || count < 2 * rules.segments())) {
            kept += newestFirst.next().durationMs();
            count++;
        }
        while (published.size() > count) {
            dropOldest();
        }
    }

    private void dropExcess() {
        while (pending.size() > MOST_PENDING) {
            discard(pending.pollFirstEntry().getValue());
        }
    }

    /** Gives up the oldest content; false when there is none. */
    boolean dropOldest() {
        PublishedSegment oldest = published.pollFirst();
        if (oldest != null) {
            oldest.pieces().values().forEach(piece -> discard.accept(piece.content()));
            return true;
        }
        Map.Entry<Long, Slot> slot = pending.pollFirstEntry();
        if (slot != null) {
            discard(slot.getValue());
        }
        return slot != null;
    }

    /** Gives up everything. */
    void clear() {
        while (dropOldest()) {
            // until nothing is left
        }
    }

    private void discard(Slot slot) {
        slot.pieces.values().forEach(piece -> discard.accept(piece.content()));
    }

    /** The piece of a segment, while it is kept. */
    Optional<Piece> piece(long seq, RenditionName rendition) {
        return published.stream()
                .filter(s -> s.seq() == seq)
                .map(s -> s.pieces().get(rendition))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** What the playlists show now; nothing before the first segment. */
    Optional<WindowView> view() {
        if (published.isEmpty()) {
            return Optional.empty();
        }
        Deque<PublishedSegment> shown = new ArrayDeque<>();
        long length = 0;
        Iterator<PublishedSegment> newestFirst = published.descendingIterator();
        while (newestFirst.hasNext()
                && (length < rules.length().toMillis() || shown.size() < rules.segments())) {
            PublishedSegment segment = newestFirst.next();
            shown.addFirst(segment);
            length += segment.durationMs();
        }
        Map<RenditionName, Picture> renditions = new TreeMap<>();
        for (PublishedSegment segment : shown) {
            segment.pieces().forEach((name, piece) -> renditions.put(name, piece.picture()));
        }
        return Optional.of(new WindowView(new ArrayList<>(shown), targetSeconds, renditions));
    }
}
