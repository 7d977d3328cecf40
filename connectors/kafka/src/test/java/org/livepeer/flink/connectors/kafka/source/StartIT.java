package org.livepeer.flink.connectors.kafka.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Records;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.schemas.TopicRecord;

/** Where sources begin, and that they never jump. */
@Timeout(120)
class StartIT {
    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    /** A permit for each record that the job under test has read. */
    private static final Semaphore READ = new Semaphore(0);

    @TempDir static Path folder;
    static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static KafkaAddress deployment(String prefix) {
        KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), prefix);
        try (TopicAdmin topics = new TopicAdmin(address)) {
            topics.create(1, 1);
        }
        return address;
    }

    @Test
    void beginsAtTheInstantGiven() throws Exception {
        // Given
        KafkaAddress address = deployment("instant-");
        long first = Records.write(address, Topics.CONTROL, "old").get(0).timestamp();
        RecordMetadata second;
        do {
            second = Records.write(address, Topics.CONTROL, "new").get(0);
        } while (second.timestamp() <= first);
        // When
        StreamExecutionEnvironment env = environment(new Configuration());
        List<TopicRecord> read =
                env.fromSource(
                                new TopicSources(address, second.timestamp(), Claim.at(0))
                                        .of(Topics.CONTROL),
                                WatermarkStrategy.noWatermarks(),
                                "control")
                        .executeAndCollect(1);
        // Then
        assertThat(text(read.get(0))).isEqualTo("new");
        assertThat(read.get(0).getOrigin().getTimestampMs()).isEqualTo(second.timestamp());
    }

    @Test
    void aCheckpointedOffsetThatIsGoneFailsTheJob() throws Exception {
        // Given
        KafkaAddress address = deployment("gone-");
        Records.write(address, Topics.CONTROL, "0", "1", "2");
        JobClient before = job(address, new Configuration()).executeAsync();
        assertThat(READ.tryAcquire(3, 60, TimeUnit.SECONDS)).isTrue();
        String savepoint =
                before.stopWithSavepoint(
                                false,
                                folder.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.NATIVE)
                        .get(60, TimeUnit.SECONDS);
        // When
        Records.write(address, Topics.CONTROL, "3", "4", "5", "6");
        deleteBelow(address, 5);
        Configuration restore = new Configuration();
        restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient after = job(address, restore).executeAsync();
        // Then
        assertThatThrownBy(() -> after.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .satisfies(
                        failure ->
                                assertThat(ExceptionUtils.stringifyException(failure))
                                        .containsIgnoringCase("out of range"));
        assertThat(READ.availablePermits()).isZero();
    }

    private static StreamExecutionEnvironment environment(Configuration configuration) {
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        return env;
    }

    private static StreamExecutionEnvironment job(
            KafkaAddress address, Configuration configuration) {
        StreamExecutionEnvironment env = environment(configuration);
        env.fromSource(
                        new TopicSources(address, 0, Claim.at(0)).of(Topics.CONTROL),
                        WatermarkStrategy.noWatermarks(),
                        "control")
                .uid("control")
                .map(
                        record -> {
                            READ.release();
                            return record.getOrigin().getOffset();
                        })
                .sinkTo(new DiscardingSink<>());
        return env;
    }

    private static void deleteBelow(KafkaAddress address, long offset) throws Exception {
        try (Admin admin = Admin.create(address.clientProperties())) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition(address.topic(Topics.CONTROL), 0),
                                    RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static String text(TopicRecord record) {
        return StandardCharsets.UTF_8.decode(record.getValue().duplicate()).toString();
    }
}
