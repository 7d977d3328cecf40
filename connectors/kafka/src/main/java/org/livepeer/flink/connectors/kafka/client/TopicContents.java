package org.livepeer.flink.connectors.kafka.client;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;

/** What was written to a topic. */
public final class TopicContents {
    private TopicContents() {}

    /** Whether no record was ever appended to any partition. */
    public static boolean isUntouched(KafkaAddress address, Topics topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = Reading.consumer(address)) {
            List<TopicPartition> partitions = Reading.partitions(consumer, address, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return ends.values().stream().allMatch(end -> end == 0);
        }
    }

    /**
     * Every record that a topic has now, partition by partition, nothing checked.
     *
     * @throws IllegalStateException when no broker answers or the topic is missing
     */
    public static List<ConsumerRecord<byte[], byte[]>> all(KafkaAddress address, Topics topic) {
        return Reading.all(address, topic);
    }
}
