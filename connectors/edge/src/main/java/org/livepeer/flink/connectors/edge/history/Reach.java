package org.livepeer.flink.connectors.edge.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** How far back a partition was read, and what was found there of the histories of interest. */
final class Reach {
    private static final long EVERYTHING = Long.MIN_VALUE;

    private final TopicPartition partition;
    private final long begin;
    private final Deque<List<Decision>> found = new ArrayDeque<>();
    private long from;
    private long oldestMs = Long.MAX_VALUE;

    /**
     * @param begin the oldest offset that there is
     * @param top where reading back begins, exclusive
     */
    Reach(TopicPartition partition, long begin, long top) {
        this.partition = partition;
        this.begin = begin;
        this.from = Math.max(begin, top);
    }

    TopicPartition partition() {
        return partition;
    }

    /** The oldest offset read. */
    long from() {
        return from;
    }

    boolean isAtItsBeginning() {
        return from <= begin;
    }

    /** The offset at which the next piece back begins. */
    long next(int records) {
        return Math.max(begin, from - records);
    }

    /** Takes the records of {@code [offset, from)}. */
    void extend(long offset, List<ConsumerRecord<byte[], byte[]>> records, List<Decision> some) {
        if (!records.isEmpty()) {
            oldestMs = records.get(0).timestamp();
        }
        found.addFirst(some);
        from = offset;
    }

    /** Everything that was appended after this instant was read; ms since the epoch. */
    long completeAfterMs() {
        return isAtItsBeginning() ? EVERYTHING : oldestMs;
    }

    /** In the order of the partition. */
    List<Decision> found() {
        List<Decision> all = new ArrayList<>();
        found.forEach(all::addAll);
        return all;
    }
}
