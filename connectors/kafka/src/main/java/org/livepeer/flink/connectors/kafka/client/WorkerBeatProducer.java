package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.WorkerHeartbeat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a worker's signs of life, signed. Rides out a broker's outage: while nothing gets
 * through, newer beats are left out, and the next one that gets through says it all.
 */
public final class WorkerBeatProducer implements Consumer<WorkerHeartbeat>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerBeatProducer.class);
    private static final int MOST_WAITING = 5;

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicInteger waiting = new AtomicInteger();

    public WorkerBeatProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        Properties impatience = new Properties();
        impatience.setProperty("max.block.ms", "500");
        impatience.setProperty("delivery.timeout.ms", "4000");
        this.producer = Producers.of(address, impatience);
    }

    @Override
    public void accept(WorkerHeartbeat beat) {
        if (waiting.get() >= MOST_WAITING) {
            return;
        }
        byte[] key = beat.getWorkerId().getBytes(UTF_8);
        byte[] value = RecordCodec.of(WorkerHeartbeat.class).encode(beat);
        waiting.incrementAndGet();
        try {
            producer.send(
                    Producers.signed(address, Topics.WORKERS, key, value, secret),
                    (where, error) -> {
                        waiting.decrementAndGet();
                        if (error != null) {
                            LOG.debug("beat not sent worker={}", beat.getWorkerId(), error);
                        }
                    });
        } catch (RuntimeException e) {
            waiting.decrementAndGet();
            LOG.debug("beat not sent worker={}", beat.getWorkerId(), e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
