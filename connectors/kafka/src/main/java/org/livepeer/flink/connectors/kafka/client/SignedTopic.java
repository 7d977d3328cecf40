package org.livepeer.flink.connectors.kafka.client;

import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.RecordCodec;

/** Writes and checks records that carry the cluster's MAC. */
record SignedTopic(KafkaAddress address, Topics topic, ClusterSecret secret) {

    <T extends SpecificRecordBase> ProducerRecord<byte[], byte[]> record(
            String key, Class<T> type, T value) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = RecordCodec.of(type).encode(value);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), keyBytes, bytes);
        record.headers()
                .add(ClusterSecret.MAC_HEADER, secret.mac(topic.baseName(), keyBytes, bytes));
        return record;
    }

    boolean verifies(ConsumerRecord<byte[], byte[]> record) {
        Header mac = record.headers().lastHeader(ClusterSecret.MAC_HEADER);
        return record.value() != null
                && secret.verifies(
                        topic.baseName(),
                        record.key(),
                        record.value(),
                        mac == null ? null : mac.value());
    }

    /** Producer settings for someone who waits at a terminal: an outage is told after 20 s. */
    Properties producerProperties() {
        Properties properties = address.producerProperties();
        properties.setProperty("max.block.ms", "15000");
        properties.setProperty("delivery.timeout.ms", "20000");
        return properties;
    }

    RecordMetadata await(Future<RecordMetadata> sent) {
        try {
            return sent.get(40, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaClientException(
                    "cannot write to "
                            + address.topic(topic)
                            + " at "
                            + address.bootstrapServers()
                            + ": "
                            + cause.getMessage(),
                    cause);
        } catch (TimeoutException e) {
            throw new KafkaClientException(
                    "no Kafka broker answers at " + address.bootstrapServers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaClientException("interrupted", e);
        }
    }
}
