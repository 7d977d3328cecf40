package org.livepeer.flink.connectors.kafka.client;

import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    static ProducerRecord<byte[], byte[]> signed(
            KafkaAddress address, Topics topic, byte[] key, byte[] value, ClusterSecret secret) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), key, value);
        record.headers().add(ClusterSecret.MAC_HEADER, secret.mac(topic.baseName(), key, value));
        return record;
    }
}
