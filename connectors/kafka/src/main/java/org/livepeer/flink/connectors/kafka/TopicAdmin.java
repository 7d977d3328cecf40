package org.livepeer.flink.connectors.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that are missing and tells what differs; changes nothing that is there. */
public final class TopicAdmin implements AutoCloseable {
    private final Admin admin;
    private final KafkaAddress address;

    public TopicAdmin(KafkaAddress address) {
        this.address = address;
        this.admin = Admin.create(address.clientProperties());
    }

    /** The broker did not answer or refused; the message says what to do. */
    public static final class TopicAdminException extends RuntimeException {
        TopicAdminException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Creates what is missing.
     *
     * @param replication copies of each partition, at most as many as brokers
     * @param minInSync copies that must have a record before it counts
     * @return a line for each topic created and for each setting that differs
     */
    public List<String> create(int replication, int minInSync) {
        Set<String> existing = existing();
        Map<String, KafkaFuture<Void>> asked =
                admin.createTopics(
                                Arrays.stream(Topics.values())
                                        .filter(topic -> !existing.contains(address.topic(topic)))
                                        .map(topic -> wanted(topic, replication, minInSync))
                                        .toList())
                        .values();
        List<String> told = new ArrayList<>();
        for (Topics topic : Topics.values()) {
            String name = address.topic(topic);
            KafkaFuture<Void> created = asked.get(name);
            if (created == null) {
                told.addAll(differences(topic));
                continue;
            }
            try {
                await(created);
                awaitTold(name);
                told.add("created " + name + " with " + topic.partitions() + " partitions");
            } catch (TopicAdminException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        return told;
    }

    private NewTopic wanted(Topics topic, int replication, int minInSync) {
        NewTopic wanted =
                new NewTopic(address.topic(topic), topic.partitions(), (short) replication);
        Map<String, String> settings = topic.settings();
        settings.put("min.insync.replicas", Integer.toString(minInSync));
        return wanted.configs(settings);
    }

    /** What is not as it should be, a line each; empty when all is well. */
    public List<String> differences() {
        Set<String> existing = existing();
        List<String> told = new ArrayList<>();
        for (Topics topic : Topics.values()) {
            if (existing.contains(address.topic(topic))) {
                told.addAll(differences(topic));
            } else {
                told.add(address.topic(topic) + " is missing: run `livepeer topics create`");
            }
        }
        return told;
    }

    private List<String> differences(Topics topic) {
        String name = address.topic(topic);
        List<String> told = new ArrayList<>();
        TopicDescription description =
                await(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
        int partitions = description == null ? 0 : description.partitions().size();
        if (partitions != topic.partitions()) {
            told.add(
                    name
                            + " has "
                            + partitions
                            + " partitions, planned are "
                            + topic.partitions()
                            + ": left as it is, keys keep their order only so");
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        var config = await(admin.describeConfigs(List.of(resource)).all()).get(resource);
        topic.settings()
                .forEach(
                        (key, wanted) -> {
                            var entry = config == null ? null : config.get(key);
                            String is = entry == null ? "" : entry.value();
                            if (!wanted.equals(is)) {
                                told.add(name + " has " + key + "=" + is + ", wanted " + wanted);
                            }
                        });
        return told;
    }

    /** A topic is acknowledged before brokers tell clients of it. */
    private void awaitTold(String name) {
        for (int tries = 0; tries < 400 && !existing().contains(name); tries++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(25));
        }
    }

    private Set<String> existing() {
        return await(admin.listTopics().names());
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new TopicAdminException(
                    "Kafka at " + address.bootstrapServers() + " refused: " + e.getCause(),
                    e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new TopicAdminException(
                    "no Kafka broker answers at "
                            + address.bootstrapServers()
                            + ": start one, or give -kafka HOST:PORT",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TopicAdminException("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
