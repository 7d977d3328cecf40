package org.livepeer.flink.connectors.kafka.client;

import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;

/** Producers of bytes, and records that carry the cluster's MAC. */
final class Producers {
    private Producers() {}

    static KafkaProducer<byte[], byte[]> of(KafkaAddress address, Properties more) {
        Properties properties = address.producerProperties();
        properties.putAll(more);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Completes when every replica has it. */
    static CompletableFuture<RecordMetadata> send(
            KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
        producer.send(
                record,
                (where, error) -> {
                    if (error == null) {
                        sent.complete(where);
                    } else {
                        sent.completeExceptionally(error);
                    }
                });
        return sent;
    }

    static ProducerRecord<byte[], byte[]> signed(
            KafkaAddress address, Topics topic, byte[] key, byte[] value, ClusterSecret secret) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), key, value);
        record.headers().add(ClusterSecret.MAC_HEADER, secret.mac(topic.baseName(), key, value));
        return record;
    }
}
