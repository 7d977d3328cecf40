package org.livepeer.flink.jobs.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;

class TenureIT {
    private static EmbeddedKafka broker;

    @TempDir Path folder;
    private KafkaAddress address;

    @BeforeAll
    static void begin(@TempDir Path kafka) {
        broker = EmbeddedKafka.start(kafka, 0);
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @BeforeEach
    void start(TestInfo test) throws Exception {
        String deployment = test.getTestMethod().orElseThrow().getName() + "-";
        address = new KafkaAddress(broker.bootstrapServers(), deployment);
        SecretFile.orCreate(folder.resolve("secret"));
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
    }

    @Test
    void aMainThatRunsAgainGoesOnWithTheClaimThatStands() throws Exception {
        Tenure first = take(application("a1", ""));
        Tenure early = take(application("a1", ""));
        ledgerIsWritten();

        Tenure again = take(application("a1", ""));

        assertThat(early).isEqualTo(first);
        assertThat(first.mustRestore()).isFalse();
        assertThat(again.epochId()).isEqualTo(first.epochId());
        assertThat(again.claim()).isEqualTo(first.claim());
        assertThat(again.mustRestore()).as("without state it would count money twice").isTrue();
    }

    @Test
    void anotherSavepointOrAnotherJobIsANewClaim() throws Exception {
        Tenure first = take(application("a1", ""));
        ledgerIsWritten();

        Tenure upgraded = take(application("a1", "file:/savepoints/1"));
        Tenure repeated = take(application("a1", "file:/savepoints/1"));
        Tenure other = take(application("b2", "file:/savepoints/1"));

        assertThat(upgraded.epochId()).isNotEqualTo(first.epochId());
        assertThat(upgraded.claim().await()).isGreaterThan(first.claim().await());
        assertThat(repeated.epochId()).isEqualTo(upgraded.epochId());
        assertThat(other.epochId()).isNotEqualTo(upgraded.epochId());
    }

    @Test
    void aJobWithoutStateIsRefusedOnTopicsThatAnotherWrote() throws Exception {
        take(application("a1", ""));
        ledgerIsWritten();

        assertThatThrownBy(() -> take(application("b2", "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--freshLedger");
        assertThatThrownBy(() -> take(new Configuration()))
                .isInstanceOf(IllegalStateException.class);
        Tenure fresh = take(application("b2", ""), "--freshLedger", "true");
        assertThat(fresh.startAtMs()).isPositive();
        assertThat(take(new Configuration(), "--freshLedger", "true").epochId())
                .as("a session cluster's submissions are each their own")
                .isNotEqualTo(take(new Configuration(), "--freshLedger", "true").epochId());
    }

    private Tenure take(Configuration configuration, String... more) {
        String[] fixed = {
            "--kafka",
            address.bootstrapServers(),
            "--topicPrefix",
            address.topicPrefix(),
            "--clusterSecret",
            folder.resolve("secret").toString()
        };
        String[] all = java.util.Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return Tenure.take(OrchestratorOptions.fromArgs(all), configuration);
    }

    private static Configuration application(String jobId, String savepoint) {
        Configuration c = new Configuration();
        c.setString("high-availability.type", "zookeeper");
        c.setString("high-availability.cluster-id", "/livepeer");
        c.setString("$internal.pipeline.job-id", jobId);
        if (!savepoint.isEmpty()) {
            c.setString("execution.state-recovery.path", savepoint);
        }
        return c;
    }

    private void ledgerIsWritten() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        java.util.Map.of("bootstrap.servers", address.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    address.topic(Topics.LEDGER), "a".getBytes(UTF_8), new byte[1]))
                    .get();
        }
    }
}
