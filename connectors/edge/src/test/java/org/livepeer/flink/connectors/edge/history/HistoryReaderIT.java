package org.livepeer.flink.connectors.edge.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.playback.ManifestId;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.RecordCodec;

/** Histories on a real broker. */
class HistoryReaderIT {
    private static final int MANY = 2_500;

    @TempDir static Path folder;
    private static EmbeddedKafka broker;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void begin() {
        broker = EmbeddedKafka.start(folder, 0);
        producer =
                new KafkaProducer<>(
                        address("x").producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterAll
    static void end() {
        producer.close();
        broker.close();
    }

    private static KafkaAddress address(String prefix) {
        return new KafkaAddress(broker.bootstrapServers(), prefix);
    }

    private static KafkaAddress withTopics(String prefix) throws Exception {
        KafkaAddress address = address(prefix);
        try (TopicAdmin admin = new TopicAdmin(address)) {
            admin.create(1, 1);
        }
        return address;
    }

    private static void event(
            KafkaAddress address, String history, long number, long attempt, String manifest) {
        Event event =
                Event.newBuilder()
                        .setStream(history)
                        .setSequence(number)
                        .setAttempt(attempt)
                        .setAtMs(number)
                        .setType("Charged")
                        .setManifestId(manifest)
                        .setNumbers(Map.of("fee", "1"))
                        .build();
        producer.send(
                new ProducerRecord<>(
                        address.topic(Topics.EVENTS),
                        history.getBytes(StandardCharsets.UTF_8),
                        RecordCodec.of(Event.class).encode(event)));
    }

    private static Past read(HistoryReader reader, Subject subject, OptionalLong before, int limit)
            throws Exception {
        return reader.read(subject, before, limit).get(60, TimeUnit.SECONDS);
    }

    private static List<String> names(Past past) {
        return past.decisions().stream()
                .map(d -> d.event().getStream() + " #" + d.event().getSequence())
                .toList();
    }

    @Test
    void aStreamHasItsAccountItsSenderAndItsCellButNothingOfOthers() throws Exception {
        KafkaAddress address = withTopics("mixed-");
        event(address, "manifest:cam", 1, 1, "");
        event(address, "manifest:other", 1, 1, "other");
        event(address, "sender:0xab", 1, 1, "cam");
        event(address, "sender:0xab", 2, 1, "other");
        event(address, "cell:main", 1, 1, "cam");
        event(address, "cell:main", 2, 1, "cam");
        event(address, "cell:main", 2, 2, "other");
        producer.send(
                new ProducerRecord<>(
                        address.topic(Topics.EVENTS), "cell:main".getBytes(), new byte[] {1, 2}));
        producer.flush();

        try (HistoryReader reader = new HistoryReader(address)) {
            Past stream =
                    read(
                            reader,
                            new Subject.Stream(new ManifestId("cam")),
                            OptionalLong.empty(),
                            100);
            Past account =
                    read(reader, new Subject.Account("sender:0xab"), OptionalLong.empty(), 100);

            assertThat(names(stream))
                    .containsExactlyInAnyOrder("manifest:cam #1", "sender:0xab #1", "cell:main #1");
            assertThat(names(account)).containsExactly("sender:0xab #2", "sender:0xab #1");
            assertThat(account.olderBeforeMs()).isEmpty();
        }
    }

    @Test
    void pagesJoinWithoutAGapARepeatOrWhatWasTakenBack() throws Exception {
        // Given many events of which some were decided again later
        KafkaAddress address = withTopics("many-");
        for (int number = 1; number <= MANY; number++) {
            event(address, "manifest:cam", number, 1, "cam");
            event(address, "cell:main", number, 1, number % 2 == 0 ? "cam" : "other");
            if (number % 250 == 0) {
                producer.flush();
                Thread.sleep(2);
            }
        }
        event(address, "manifest:cam", MANY - 9, 2, "cam");
        producer.flush();

        // When the account's past is read page by page
        List<String> all = new ArrayList<>();
        int pages = 0;
        try (HistoryReader reader = new HistoryReader(address)) {
            OptionalLong before = OptionalLong.empty();
            do {
                Past past = read(reader, new Subject.Account("manifest:cam"), before, 100);
                all.addAll(names(past));
                before = past.olderBeforeMs();
                pages++;
            } while (before.isPresent() && pages < 100);
        }

        // Then it is whole
        List<String> expected = new ArrayList<>();
        for (int number = MANY - 9; number >= 1; number--) {
            expected.add("manifest:cam #" + number);
        }
        assertThat(all).isEqualTo(expected);
        assertThat(pages).isBetween(2, 99);
    }

    @Test
    void aMissingTopicIsNamedAndTooManyQuestionsAreRefused() throws Exception {
        try (HistoryReader reader = new HistoryReader(address("missing-"))) {
            List<CompletableFuture<Past>> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                asked.add(reader.read(new Subject.Account("a"), OptionalLong.empty(), 1));
            }

            assertThatThrownBy(() -> asked.get(19).get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> asked.get(0).get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class)
                    .hasMessageContaining("missing-events is missing");
        }
    }
}
