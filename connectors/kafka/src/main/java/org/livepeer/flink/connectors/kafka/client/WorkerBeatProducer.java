package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a worker's signs of life, signed, from a thread of its own. Never blocks the caller: while
 * the broker is away the newest beats wait and older ones are dropped.
 */
public final class WorkerBeatProducer implements Consumer<WorkerHeartbeat>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerBeatProducer.class);
    private static final int WAITING = 4;

    private final SignedTopic topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final BlockingQueue<WorkerHeartbeat> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread;
    private volatile boolean closed;
    private boolean failing;

    public WorkerBeatProducer(KafkaAddress address, ClusterSecret secret) {
        topic = new SignedTopic(address, Topics.WORKERS, secret);
        Properties properties = address.producerProperties();
        properties.setProperty("max.block.ms", "1000");
        properties.setProperty("request.timeout.ms", "1000");
        properties.setProperty("delivery.timeout.ms", "3000");
        properties.setProperty("buffer.memory", Integer.toString(1 << 20));
        producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
        thread = new Thread(this::run, "worker-beats");
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a beat; drops the oldest one that waits when there are too many. */
    @Override
    public void accept(WorkerHeartbeat beat) {
        while (!waiting.offer(beat)) {
            waiting.poll();
        }
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            try {
                WorkerHeartbeat beat = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (beat != null) {
                    send(beat);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void send(WorkerHeartbeat beat) {
        try {
            producer.send(
                    topic.record(beat.getWorkerId(), WorkerHeartbeat.class, beat),
                    (metadata, failure) -> told(failure));
        } catch (KafkaException e) {
            told(e);
        }
    }

    private synchronized void told(@Nullable Exception failure) {
        if ((failure != null) == failing) {
            return;
        }
        failing = failure != null;
        if (failure == null) {
            LOG.info("heartbeats reach {} again", topic.address().bootstrapServers());
        } else {
            LOG.warn(
                    "heartbeats do not reach {}: {}",
                    topic.address().bootstrapServers(),
                    failure.getMessage());
        }
    }

    /** Writes what waits, the last beat of a clean exit among it, for at most 3 s. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(1));
    }
}
