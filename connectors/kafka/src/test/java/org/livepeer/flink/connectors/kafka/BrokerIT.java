package org.livepeer.flink.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;

/** The embedded broker's folder through restarts, and the topics on it. */
class BrokerIT {
    @TempDir Path folder;

    @Test
    void topicsAreMadeOnceAndDifferencesAreToldButLeft() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), "t-");
            try (TopicAdmin topics = new TopicAdmin(address)) {
                // Given
                assertThat(topics.differences())
                        .hasSameSizeAs(Topics.values())
                        .allMatch(line -> line.contains("is missing"));
                assertThat(topics.create(1, 1))
                        .hasSameSizeAs(Topics.values())
                        .contains("created t-segments with 8 partitions");
                // When
                List<String> again = topics.create(1, 1);
                shortenRetention(address);
                // Then
                assertThat(again).isEmpty();
                assertThat(topics.create(1, 1))
                        .containsExactly("t-segments has retention.ms=1000, wanted 86400000");
                assertThat(topics.differences()).hasSize(1);
            }
        }
    }

    private static void shortenRetention(KafkaAddress address) throws Exception {
        try (Admin admin = Admin.create(address.clientProperties())) {
            admin.incrementalAlterConfigs(
                            Map.of(
                                    new ConfigResource(
                                            ConfigResource.Type.TOPIC,
                                            address.topic(Topics.SEGMENTS)),
                                    List.of(
                                            new AlterConfigOp(
                                                    new ConfigEntry("retention.ms", "1000"),
                                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            awaitRetention(admin, address, "1000");
        }
    }

    /** A change is acknowledged before brokers tell it. */
    private static void awaitRetention(Admin admin, KafkaAddress address, String wanted)
            throws Exception {
        ConfigResource topic =
                new ConfigResource(ConfigResource.Type.TOPIC, address.topic(Topics.SEGMENTS));
        long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!wanted.equals(
                admin.describeConfigs(List.of(topic))
                        .all()
                        .get(20, TimeUnit.SECONDS)
                        .get(topic)
                        .get("retention.ms")
                        .value())) {
            assertThat(System.nanoTime()).as("the change is never told").isLessThan(giveUpAt);
            Thread.sleep(20);
        }
    }

    @Test
    void startedAgainInPlaceItHasItsRecords() throws Exception {
        // Given
        int port;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            port = kafka.port();
            writeSome(new KafkaAddress(kafka.bootstrapServers(), ""));
        }
        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
            KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), "");
            // Then
            assertThat(kafka.port()).isEqualTo(port);
            assertThat(Records.values(address, Topics.CONTROL)).containsExactly("a", "b", "c");
            Records.write(address, Topics.CONTROL, "d");
            assertThat(Records.values(address, Topics.CONTROL)).endsWith("c", "d");
        }
    }

    @Test
    void aFolderLeftByAKillHasItsRecords(@TempDir Path elsewhere) throws Exception {
        // Given
        Path copy = elsewhere.resolve("copy");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            writeSome(new KafkaAddress(kafka.bootstrapServers(), ""));
            copy(folder, copy);
        }
        // When
        try (EmbeddedKafka kafka = EmbeddedKafka.start(copy, 0)) {
            // Then
            KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), "");
            assertThat(Records.values(address, Topics.CONTROL)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aBusyPortIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(folder, taken.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for Kafka is taken");
        }
    }

    private static void writeSome(KafkaAddress address) throws Exception {
        try (TopicAdmin topics = new TopicAdmin(address)) {
            topics.create(1, 1);
        }
        Records.write(address, Topics.CONTROL, "a", "b", "c");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    copyFile(file, target);
                }
            }
        }
    }

    private static void copyFile(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to);
        } catch (NoSuchFileException e) {
            // A broker that has just made its topics still renames files.
            assertThat(from.toString()).endsWith(".tmp");
        }
    }
}
