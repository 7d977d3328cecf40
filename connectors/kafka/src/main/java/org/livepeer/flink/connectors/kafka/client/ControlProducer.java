package org.livepeer.flink.connectors.kafka.client;

import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Coordinates;

/** Writes operators' commands, signed, one at a time. */
public final class ControlProducer implements AutoCloseable {
    private final SignedTopic topic;
    private final KafkaProducer<byte[], byte[]> producer;

    public ControlProducer(KafkaAddress address, ClusterSecret secret) {
        topic = new SignedTopic(address, Topics.CONTROL, secret);
        producer =
                new KafkaProducer<>(
                        topic.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /**
     * Writes a command and waits until every replica has it. Sending the same command again is
     * harmless: it counts once by its id.
     *
     * @return where it stands, with the broker's append time
     * @throws KafkaClientException when the broker does not take it
     */
    public Coordinates send(ControlCommand command) {
        RecordMetadata written =
                topic.await(
                        producer.send(
                                topic.record(command.getTarget(), ControlCommand.class, command)));
        return new Coordinates(
                written.topic(), written.partition(), written.offset(), written.timestamp());
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
