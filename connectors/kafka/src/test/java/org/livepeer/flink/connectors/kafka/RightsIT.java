package org.livepeer.flink.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.TopicRights.Role;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;

/** A broker that asks who is there, and lets each role do what the table says and nothing else. */
class RightsIT {
    @TempDir Path folder;
    private EmbeddedKafka broker;

    @BeforeEach
    void start() throws Exception {
        StringBuilder users = new StringBuilder("user_root=\"root-secret\"");
        for (Role role : Role.values()) {
            users.append(" user_%s=\"%s-secret\"".formatted(role, role));
        }
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
        int port = free();
        int controller = free();
        broker =
                EmbeddedKafka.start(
                        folder.resolve("kafka"),
                        port,
                        Map.of(
                                "listeners",
                                "CLIENT://127.0.0.1:"
                                        + port
                                        + ",CONTROLLER://127.0.0.1:"
                                        + controller,
                                "advertised.listeners",
                                "CLIENT://127.0.0.1:" + port,
                                "controller.quorum.voters",
                                "1@127.0.0.1:" + controller,
                                "listener.security.protocol.map",
                                "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                                "inter.broker.listener.name",
                                "CLIENT",
                                "sasl.enabled.mechanisms",
                                "PLAIN",
                                "sasl.mechanism.inter.broker.protocol",
                                "PLAIN",
                                "listener.name.client.plain.sasl.jaas.config",
                                login + "username=\"root\" password=\"root-secret\" " + users + ";",
                                "authorizer.class.name",
                                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                                "super.users",
                                "User:root;User:ANONYMOUS"));
        Map<Role, String> principals = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            principals.put(role, "User:" + role);
        }
        try (TopicAdmin admin = new TopicAdmin(as("root"))) {
            admin.create(1, 1);
        }
        TopicRights.grant(as("root"), principals);
        awaitTold(TopicRights.bindings(as("root"), principals));
    }

    /** Rights are acknowledged before brokers ask for them. */
    private void awaitTold(List<AclBinding> rights) throws Exception {
        long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try (Admin admin = Admin.create(as("root").clientProperties())) {
            while (!admin.describeAcls(AclBindingFilter.ANY)
                    .values()
                    .get(20, TimeUnit.SECONDS)
                    .containsAll(rights)) {
                assertThat(System.nanoTime()).as("rights are never told").isLessThan(giveUpAt);
                Thread.sleep(20);
            }
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static int free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private KafkaAddress as(String user) throws Exception {
        Path file = folder.resolve(user + ".properties");
        Files.writeString(
                file,
                """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
                  username="%s" password="%s-secret";
                """
                        .formatted(user, user));
        return new KafkaAddress(broker.bootstrapServers(), "", file.toString());
    }

    private void write(Role role, Topics topic) throws Exception {
        KafkaAddress address = as(role.name());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    address.topic(topic), "k".getBytes(UTF_8), new byte[] {1}))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private void read(Role role, Topics topic) throws Exception {
        KafkaAddress address = as(role.name());
        Properties properties = address.consumerProperties();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(address.topic(topic), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            consumer.poll(java.time.Duration.ofSeconds(1));
        }
    }

    @Test
    void eachRoleMayDoWhatItsRowsSay() throws Exception {
        write(Role.PRODUCER, Topics.SEGMENTS);
        write(Role.WORKER, Topics.WORKERS);
        write(Role.OPERATOR, Topics.CONTROL);
        write(Role.JOB, Topics.RECEIPTS);
        read(Role.PRODUCER, Topics.RENDITIONS);
        read(Role.JOB, Topics.SEGMENTS);
        read(Role.EDGE, Topics.LEDGER);
    }

    @Test
    void nobodyMayDoMore() throws Exception {
        for (Topics topic : List.of(Topics.CONTROL, Topics.RECEIPTS, Topics.LEDGER)) {
            assertThatThrownBy(() -> write(Role.PRODUCER, topic))
                    .as("a producer writes %s", topic)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AuthorizationException.class);
        }
        assertThatThrownBy(() -> write(Role.WORKER, Topics.RECEIPTS))
                .hasCauseInstanceOf(AuthorizationException.class);
        assertThatThrownBy(() -> write(Role.EDGE, Topics.CONTROL))
                .hasCauseInstanceOf(AuthorizationException.class);
        assertThatThrownBy(() -> read(Role.PRODUCER, Topics.LEDGER))
                .isInstanceOf(AuthorizationException.class);
    }

    @Test
    void noPasswordIsInAClientsSettings() throws Exception {
        assertThat(as("JOB").producerProperties().toString())
                .contains("sasl.jaas.config=${clientfile:")
                .doesNotContain("JOB-secret");
        assertThatThrownBy(
                        () ->
                                new KafkaAddress("h:1", "", folder.resolve("none").toString())
                                        .clientProperties())
                .hasMessageContaining("cannot read Kafka client settings from");
    }
}
