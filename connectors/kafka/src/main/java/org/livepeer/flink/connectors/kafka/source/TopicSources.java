package org.livepeer.flink.connectors.kafka.source;

import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * Sources over topics. Their position lives in checkpoints; offsets are not committed to Kafka. An
 * offset that the broker no longer has fails the job.
 */
public final class TopicSources {
    private final KafkaAddress address;
    private final long startAtMs;
    private final Claim claim;

    /**
     * @param startAtMs without state: 0 begins at the oldest record, else at the first one appended
     *     at that instant or later
     * @param claim what a reader waits for before it begins
     */
    public TopicSources(KafkaAddress address, long startAtMs, Claim claim) {
        this.address = address;
        this.startAtMs = startAtMs;
        this.claim = claim;
    }

    /** A source that begins at the start given for all. */
    public KafkaSource<TopicRecord> of(Topics topic) {
        return source(
                topic,
                startAtMs == 0
                        ? OffsetsInitializer.earliest()
                        : OffsetsInitializer.timestamp(startAtMs));
    }

    /** A source that begins at the oldest record whatever the start of the others is. */
    public KafkaSource<TopicRecord> fromTheBeginning(Topics topic) {
        return source(topic, OffsetsInitializer.earliest());
    }

    private KafkaSource<TopicRecord> source(Topics topic, OffsetsInitializer start) {
        Properties properties = address.consumerProperties();
        properties.setProperty("partition.discovery.interval.ms", "-1");
        properties.setProperty("commit.offsets.on.checkpoint", "false");
        properties.setProperty("register.consumer.metrics", "true");
        properties.setProperty("client.id.prefix", "livepeer-" + topic.baseName());
        return KafkaSource.<TopicRecord>builder()
                .setBootstrapServers(address.bootstrapServers())
                .setTopics(address.topic(topic))
                .setStartingOffsets(new StrictStart(start))
                .setDeserializer(new TopicRecordDeserializer(claim))
                .setProperties(properties)
                .build();
    }
}
