package org.livepeer.flink.connectors.kafka;

import java.io.Serializable;
import java.util.Properties;

/**
 * Where a deployment's topics are.
 *
 * @param bootstrapServers host:port, several with commas
 * @param topicPrefix put before every topic's name; may be empty
 */
public record KafkaAddress(String bootstrapServers, String topicPrefix) implements Serializable {
    public KafkaAddress {
        if (!bootstrapServers.matches("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*")) {
            throw new IllegalArgumentException(
                    "kafka '" + bootstrapServers + "' must be HOST:PORT, several with commas");
        }
        if (!topicPrefix.matches("[A-Za-z0-9._-]{0,64}")) {
            throw new IllegalArgumentException(
                    "topicPrefix '" + topicPrefix + "' must be up to 64 of A-Z a-z 0-9 . _ -");
        }
    }

    public String topic(Topics topic) {
        return topic.name(topicPrefix);
    }

    /** Settings that every client shares: quick to find a broker again. */
    public Properties clientProperties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("retry.backoff.ms", "20");
        properties.setProperty("retry.backoff.max.ms", "200");
        properties.setProperty("reconnect.backoff.ms", "20");
        properties.setProperty("reconnect.backoff.max.ms", "200");
        properties.setProperty("socket.connection.setup.timeout.ms", "1000");
        return properties;
    }

    /** Settings of producers that someone waits for: every replica, no lingering. */
    public Properties producerProperties() {
        Properties properties = clientProperties();
        properties.setProperty("acks", "all");
        properties.setProperty("linger.ms", "0");
        properties.setProperty("enable.idempotence", "true");
        properties.setProperty("request.timeout.ms", "2000");
        properties.setProperty("delivery.timeout.ms", "120000");
        properties.setProperty(
                "max.request.size", Integer.toString(Topics.MAX_MEDIA_RECORD_BYTES + (1 << 20)));
        properties.setProperty("buffer.memory", Integer.toString(64 << 20));
        return properties;
    }

    /** Settings of consumers that read as soon as something is there. */
    public Properties consumerProperties() {
        Properties properties = clientProperties();
        properties.setProperty("fetch.min.bytes", "1");
        properties.setProperty("max.partition.fetch.bytes", Integer.toString(8 << 20));
        properties.setProperty("fetch.max.bytes", Integer.toString(16 << 20));
        properties.setProperty("max.poll.records", "64");
        properties.setProperty("request.timeout.ms", "5000");
        properties.setProperty("default.api.timeout.ms", "30000");
        properties.setProperty("enable.auto.commit", "false");
        return properties;
    }
}
