package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.auth.SecretSource;

/**
 * A claim that whoever starts the job makes once its tasks stand ready. It is written to {@code
 * epochs} twice: the first record stops the job that is replaced, the second says that it has
 * stopped and opens the way for this one. Without the second, because its writer died, the way
 * opens {@code patience} after the first: the replaced job has read that by then.
 *
 * @param kafka where {@code epochs} is
 * @param secret its records must be signed with
 * @param epochId of the claim
 * @param lifetime how long to wait for the first record; then the job ends for good
 * @param patience how long to wait for the second
 */
public record PendingClaim(
        KafkaAddress kafka,
        SecretSource secret,
        String epochId,
        Duration lifetime,
        Duration patience)
        implements Claim {
    private static final Duration LIFETIME = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ReentrantLock READING = new ReentrantLock();

    /** What this process knows already, by epoch: a job's many tasks read the topic once. */
    private static final Map<String, Long> MADE = new ConcurrentHashMap<>();

    /** With three minutes for the first record and ten seconds for the second. */
    public PendingClaim(KafkaAddress kafka, SecretSource secret, String epochId) {
        this(kafka, secret, epochId, LIFETIME, PATIENCE);
    }

    /**
     * @throws SuppressRestartsException when nobody makes the claim
     */
    @Override
    public long await() throws InterruptedException {
        Long made = MADE.get(epochId);
        if (made != null) {
            return made;
        }
        READING.lockInterruptibly();
        try {
            made = MADE.get(epochId);
            if (made == null) {
                made = read();
                MADE.put(epochId, made);
            }
            return made;
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException("cancelled").initCause(e);
        } finally {
            READING.unlock();
        }
    }

    private long read() throws InterruptedException {
        long end = System.nanoTime() + lifetime.toNanos();
        long first = -1;
        long opensAt = 0;
        try (EpochLog epochs = new EpochLog(kafka, secret.secret());
                KafkaConsumer<byte[], byte[]> consumer = Reading.consumer(kafka)) {
            List<TopicPartition> partitions = Reading.partitions(consumer, kafka, Topics.EPOCHS);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (first < 0 || System.nanoTime() < opensAt) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    boolean mine =
                            epochs.verified(record)
                                    .filter(epoch -> epoch.getEpochId().equals(epochId))
                                    .isPresent();
                    if (mine && first >= 0) {
                        return first;
                    } else if (mine) {
                        first = record.offset();
                        long age = System.currentTimeMillis() - record.timestamp();
                        opensAt =
                                System.nanoTime()
                                        + patience.toNanos()
                                        - TimeUnit.MILLISECONDS.toNanos(Math.max(0, age));
                    }
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("the task was cancelled");
                }
                if (first < 0 && System.nanoTime() > end) {
                    throw new SuppressRestartsException(
                            new IllegalStateException(
                                    "nobody claimed the deployment for this job (epoch "
                                            + epochId
                                            + ") within "
                                            + lifetime.toSeconds()
                                            + " s: livepeer upgrade was stopped before it did; run it"
                                            + " again"));
                }
            }
        }
        return first;
    }
}
