package org.livepeer.flink.connectors.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Where a deployment's topics are.
 *
 * @param bootstrapServers host:port, several with commas
 * @param topicPrefix put before every topic's name; may be empty
 * @param configFile absolute path of a file with further client settings (TLS, SASL), the same on
 *     every host; empty for none. Its values never leave the file: clients are given references to
 *     them, so no password travels in a job.
 */
public record KafkaAddress(String bootstrapServers, String topicPrefix, String configFile)
        implements Serializable {
    private static final String PROVIDER = "clientfile";

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

    /** A deployment whose brokers ask for nothing. */
    public KafkaAddress(String bootstrapServers, String topicPrefix) {
        this(bootstrapServers, topicPrefix, "");
    }

    public String topic(Topics topic) {
        return topic.name(topicPrefix);
    }

    /**
     * Settings that every client shares: quick to find a broker again.
     *
     * @throws IllegalStateException when the file with further settings cannot be read
     */
    public Properties clientProperties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("retry.backoff.ms", "20");
        properties.setProperty("retry.backoff.max.ms", "200");
        properties.setProperty("reconnect.backoff.ms", "20");
        properties.setProperty("reconnect.backoff.max.ms", "200");
        properties.setProperty("socket.connection.setup.timeout.ms", "1000");
        if (!configFile.isEmpty()) {
            referTo(properties);
        }
        return properties;
    }

    private void referTo(Properties properties) {
        Properties file = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(configFile))) {
            file.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot read Kafka client settings from "
                            + configFile
                            + ": the same file must be on every host of the deployment",
                    e);
        }
        properties.setProperty("config.providers", PROVIDER);
        properties.setProperty(
                "config.providers." + PROVIDER + ".class", FileConfigProvider.class.getName());
        properties.setProperty("config.providers." + PROVIDER + ".param.allowed.paths", configFile);
        for (String key : file.stringPropertyNames()) {
            properties.setProperty(key, "${" + PROVIDER + ":" + configFile + ":" + key + "}");
        }
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
