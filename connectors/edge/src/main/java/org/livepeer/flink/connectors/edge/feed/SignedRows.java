package org.livepeer.flink.connectors.edge.feed;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;

/** Records that the deployment's own processes signed. */
public final class SignedRows {
    private SignedRows() {}

    /**
     * Whether the record has the deployment's MAC.
     *
     * @param secret null takes every record
     */
    public static boolean genuine(
            @Nullable ClusterSecret secret, Topics topic, ConsumerRecord<byte[], byte[]> message) {
        Header mac = message.headers().lastHeader(ClusterSecret.MAC_HEADER);
        return secret == null
                || secret.verifies(
                        topic.baseName(),
                        message.key(),
                        message.value(),
                        mac == null ? null : mac.value());
    }
}
