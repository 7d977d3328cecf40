package org.livepeer.flink.connectors.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts plain records on a broker and takes them off again. */
public final class Records {
    private Records() {}

    /** Writes one text after the other to partition 0, with the text as key and value. */
    public static List<RecordMetadata> write(KafkaAddress address, Topics topic, String... texts)
            throws Exception {
        List<RecordMetadata> written = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(address)) {
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                written.add(
                        producer.send(new ProducerRecord<>(address.topic(topic), 0, bytes, bytes))
                                .get(20, TimeUnit.SECONDS));
            }
        }
        return written;
    }

    public static KafkaProducer<byte[], byte[]> producer(KafkaAddress address) {
        return new KafkaProducer<>(
                address.producerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Values of partition 0 from the beginning to the end. */
    public static List<String> values(KafkaAddress address, Topics topic) {
        Properties properties = address.consumerProperties();
        List<String> values = new ArrayList<>();
        TopicPartition partition = new TopicPartition(address.topic(topic), 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }
}
