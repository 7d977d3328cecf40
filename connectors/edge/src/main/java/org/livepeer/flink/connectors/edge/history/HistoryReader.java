package org.livepeer.flink.connectors.edge.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.kafka.KafkaAddress;

/**
 * Reads the past of one account or stream from the topic {@code events} when it is asked for, back
 * from its end or from a given instant.
 *
 * <p>Nothing is held between questions, so an edge with a million accounts needs no more memory
 * than one with ten. One question looks at no more than {@value #MOST_SEARCHED} records, and says
 * where it stopped; questions are read one after the other, and when {@value #MOST_WAITING} wait
 * already the next is refused.
 *
 * <p>The rule of the histories (see {@link CutBack}) is applied to what was read and, for a
 * question about an earlier instant, to {@value #LOOK_AHEAD} records of each partition after it: an
 * event that is taken back later than that still shows.
 */
public final class HistoryReader implements AutoCloseable {
    /** Most records looked at for one question. */
    public static final int MOST_SEARCHED = 40_000;

    /** Most questions that wait. */
    public static final int MOST_WAITING = 8;

    private static final int LOOK_AHEAD = 2_000;
    private static final int PIECE = 1_000;

    private final EventLog log;
    private final ThreadPoolExecutor thread;

    public HistoryReader(KafkaAddress address) {
        log = new EventLog(address);
        thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        30,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_WAITING),
                        task -> {
                            Thread made = new Thread(task, "edge-history");
                            made.setDaemon(true);
                            return made;
                        });
    }

    /**
     * The newest events, up to a limit and all others of the oldest one's millisecond.
     *
     * @param beforeMs only what was appended before this instant; empty for everything
     * @param limit 1 or more
     * @return fails with {@link RejectedExecutionException} when too many questions wait, and with
     *     {@link org.apache.kafka.common.KafkaException} when Kafka does not answer
     */
    public CompletableFuture<Past> read(Subject subject, OptionalLong beforeMs, int limit) {
        try {
            return CompletableFuture.supplyAsync(() -> find(subject, beforeMs, limit), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Past find(Subject subject, OptionalLong beforeMs, int limit) {
        try (EventLog.Session session = log.open(subject)) {
            List<Reach> reaches = session.reaches(beforeMs);
            Map<Integer, List<Decision>> later = new HashMap<>();
            if (beforeMs.isPresent()) {
                for (Reach reach : reaches) {
                    later.put(reach.partition().partition(), session.after(reach, LOOK_AHEAD));
                }
            }
            while (session.searched() < MOST_SEARCHED && wanted(subject, reaches).size() < limit) {
                Reach shortest = shortest(reaches);
                if (shortest.isAtItsBeginning()) {
                    break;
                }
                session.extend(shortest, PIECE);
            }
            CutBack rule = new CutBack();
            for (Reach reach : reaches) {
                reach.found().forEach(d -> rule.accept(d, subject.isAbout(d.event())));
                later.getOrDefault(reach.partition().partition(), List.of())
                        .forEach(d -> rule.accept(d, false));
            }
            return newest(rule.kept(), shortest(reaches).completeAfterMs(), limit, session);
        }
    }

    private static List<Decision> wanted(Subject subject, List<Reach> reaches) {
        long after = shortest(reaches).completeAfterMs();
        return reaches.stream()
                .flatMap(reach -> reach.found().stream())
                .filter(d -> d.appendedAtMs() > after && subject.isAbout(d.event()))
                .toList();
    }

    private static Reach shortest(List<Reach> reaches) {
        return reaches.stream().max(Comparator.comparingLong(Reach::completeAfterMs)).orElseThrow();
    }

    private static Past newest(
            List<Decision> kept, long completeAfterMs, int limit, EventLog.Session session) {
        List<Decision> all = new ArrayList<>(kept);
        all.removeIf(d -> d.appendedAtMs() <= completeAfterMs);
        all.sort(Decision.ORDER.reversed());
        if (all.size() > limit) {
            long oldestMs = all.get(limit - 1).appendedAtMs();
            boolean older = all.get(all.size() - 1).appendedAtMs() < oldestMs;
            all.removeIf(d -> d.appendedAtMs() < oldestMs);
            if (older) {
                return new Past(all, OptionalLong.of(oldestMs), session.searched());
            }
        }
        return new Past(
                all,
                completeAfterMs == Long.MIN_VALUE
                        ? OptionalLong.empty()
                        : OptionalLong.of(completeAfterMs + 1),
                session.searched());
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
