package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Epoch;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;

/** The jobs that ever owned this deployment's topics, the newest last; signed. */
public final class EpochLog {
    /** The one key of the topic. */
    public static final String KEY = "deployment";

    private static final Duration READ_LIMIT = Duration.ofSeconds(20);

    private final KafkaAddress address;
    private final SignedTopic topic;

    public EpochLog(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.topic = new SignedTopic(address, Topics.EPOCHS, secret);
    }

    /**
     * Takes the deployment over.
     *
     * @return the record's offset: a higher one owns the deployment
     * @throws KafkaClientException when the broker does not take it
     */
    public long append(Epoch epoch) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        topic.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            return topic.await(producer.send(topic.record(KEY, Epoch.class, epoch))).offset();
        }
    }

    /**
     * The owner now; records without the cluster's MAC do not count.
     *
     * @throws KafkaClientException when the topic cannot be read to its end
     */
    public Optional<Epoch> newest() {
        Optional<Epoch> newest = Optional.empty();
        long giveUpAt = System.nanoTime() + READ_LIMIT.toNanos();
        try (TopicTail tail = TopicTail.fromTheBeginning(address, Topics.EPOCHS)) {
            while (!tail.caughtUp()) {
                if (System.nanoTime() > giveUpAt) {
                    throw new KafkaClientException("could not read epochs in " + READ_LIMIT);
                }
                for (ConsumerRecord<byte[], byte[]> record : tail.poll(Duration.ofMillis(200))) {
                    if (topic.verifies(record)) {
                        newest = Optional.of(RecordCodec.of(Epoch.class).decode(record.value()));
                    }
                }
            }
        } catch (UndecodableException e) {
            throw new KafkaClientException(
                    "an epoch was written by a newer version: " + e.getMessage(), e);
        } catch (KafkaException e) {
            throw new KafkaClientException("cannot read epochs: " + e.getMessage(), e);
        }
        return newest;
    }
}
