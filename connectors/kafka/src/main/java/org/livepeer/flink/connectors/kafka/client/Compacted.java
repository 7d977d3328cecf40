package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;

/** The last value of each key of a topic, read once from its beginning to its end. */
public final class Compacted {
    private Compacted() {}

    /**
     * @param secret when the topic is signed: values without the cluster's MAC do not count; else
     *     null
     */
    public static <T extends SpecificRecordBase> Map<String, T> read(
            KafkaAddress address, Topics topic, Class<T> type, @Nullable ClusterSecret secret) {
        Map<String, T> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : Reading.all(address, topic)) {
            if (record.key() == null || (secret != null && !isOurs(record, topic, secret))) {
                continue;
            }
            String key = new String(record.key(), UTF_8);
            if (record.value() == null) {
                latest.remove(key);
                continue;
            }
            try {
                latest.put(key, RecordCodec.of(type).decode(record.value()));
            } catch (UndecodableException e) {
                throw new IllegalStateException(
                        "the value of " + key + " on " + record.topic() + " cannot be read", e);
            }
        }
        return latest;
    }

    private static boolean isOurs(
            ConsumerRecord<byte[], byte[]> record, Topics topic, ClusterSecret secret) {
        Header mac = record.headers().lastHeader(ClusterSecret.MAC_HEADER);
        return record.value() != null
                && secret.verifies(
                        topic.baseName(),
                        record.key(),
                        record.value(),
                        mac == null ? null : mac.value());
    }
}
