package org.livepeer.flink.connectors.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Records;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Epoch;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.TopicRecord;

/** The plain clients against a broker. */
@Timeout(120)
class ClientIT {
    private static final ClusterSecret SECRET = secret("0123456789abcdef");
    private static final ClusterSecret FOREIGN = secret("fedcba9876543210");

    @TempDir static Path folder;
    static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder, 0);
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
    void theLastValueOfAKeyCountsAndATombstoneRemovesIt() throws Exception {
        // Given
        KafkaAddress address = deployment("last-");
        put(address, Topics.LEDGER, "manifest:a", entry("manifest:a", 1));
        put(address, Topics.LEDGER, "manifest:b", entry("manifest:b", 2));
        put(address, Topics.LEDGER, "manifest:a", entry("manifest:a", 3));
        put(address, Topics.LEDGER, "manifest:b", null);
        // When
        Map<String, LedgerEntry> read =
                Compacted.read(address, Topics.LEDGER, LedgerEntry.class, null);
        // Then
        assertThat(read).containsOnly(Map.entry("manifest:a", entry("manifest:a", 3)));
    }

    @Test
    void aCommandIsSignedAndKeyedByItsTarget() throws Exception {
        // Given
        KafkaAddress address = deployment("control-");
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId("1")
                        .setTarget("manifest:m")
                        .setIssuedAtMs(1)
                        .setCommand(new GrantCredit(Fraction.of(5).toRational()))
                        .build();
        // When
        Coordinates at;
        try (ControlProducer control = new ControlProducer(address, SECRET)) {
            at = control.send(command);
        }
        // Then
        assertThat(Compacted.read(address, Topics.CONTROL, ControlCommand.class, SECRET))
                .containsOnly(Map.entry("manifest:m", command));
        assertThat(Compacted.read(address, Topics.CONTROL, ControlCommand.class, FOREIGN))
                .isEmpty();
        try (KafkaMediaReader reader = new KafkaMediaReader(address)) {
            TopicRecord record = reader.read(at).get(30, TimeUnit.SECONDS);
            assertThat(record.getOrigin()).isEqualTo(at);
        }
    }

    @Test
    void theNewestSignedEpochOwnsTheDeployment() throws Exception {
        // Given
        KafkaAddress address = deployment("epochs-");
        EpochLog epochs = new EpochLog(address, SECRET);
        assertThat(epochs.newest()).isEmpty();
        long first = epochs.append(epoch("one"));
        // When
        long second = epochs.append(epoch("two"));
        new EpochLog(address, FOREIGN).append(epoch("forged"));
        putForgedTombstone(address);
        // Then
        assertThat(second).isGreaterThan(first);
        assertThat(epochs.newest().map(EpochLog.Entry::epoch)).contains(epoch("two"));
    }

    @Test
    void aRecordIsReadBackOrItsLossIsTold() throws Exception {
        // Given
        KafkaAddress address = deployment("media-");
        Records.write(address, Topics.SEGMENTS, "0", "1", "2");
        String topic = address.topic(Topics.SEGMENTS);
        try (Admin admin = Admin.create(address.clientProperties());
                KafkaMediaReader reader = new KafkaMediaReader(address)) {
            // When
            TopicRecord middle =
                    reader.read(new Coordinates(topic, 0, 1L, 0L)).get(30, TimeUnit.SECONDS);
            admin.deleteRecords(
                            Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            // Then
            assertThat(StandardCharsets.UTF_8.decode(middle.getValue()).toString()).isEqualTo("1");
            assertThatThrownBy(
                            () ->
                                    reader.read(new Coordinates(topic, 0, 1L, 0L))
                                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining(topic + "-0@1");
        }
    }

    @Test
    void eventsThatDoNotFitDoNotKeepAReaderWaiting() throws Exception {
        // Given
        KafkaAddress address = deployment("events-");
        Thread noise = new Thread(() -> makeNoise(address));
        noise.start();
        try (EventTail events = new EventTail(address, true)) {
            // When
            Event none = events.await(event -> event.getSequence() < 0, Duration.ofSeconds(2));
            // Then
            assertThat(none).isNull();
        } finally {
            noise.interrupt();
            noise.join();
        }
    }

    @Test
    void eventsThatComeAtTheSameTimeAreAllHeard() throws Exception {
        // Given
        KafkaAddress address = deployment("together-");
        put(address, Topics.EVENTS, "manifest:m", event(1));
        put(address, Topics.EVENTS, "manifest:m", event(2));
        put(address, Topics.EVENTS, "manifest:m", event(3));
        try (EventTail events = new EventTail(address, true)) {
            // When
            Event first = events.await(event -> true, Duration.ofSeconds(20));
            Event second = events.await(event -> true, Duration.ofSeconds(20));
            List<Event> rest = new ArrayList<>();
            events.untilNow(rest::add);
            // Then
            assertThat(first).isEqualTo(event(1));
            assertThat(second).isEqualTo(event(2));
            assertThat(rest).containsExactly(event(3));
        }
    }

    @Test
    void anOrderIsHeardToItsEnd() throws Exception {
        // Given
        KafkaAddress address = deployment("orders-");
        SettlementOrder order =
                SettlementOrder.newBuilder()
                        .setId("1")
                        .setAccount(ByteBuffer.wrap(new byte[20]))
                        .setIssuedAtMs(1)
                        .setOrder(new ChainOrder("reward", Map.of()))
                        .build();
        List<String> heard = new ArrayList<>();
        Thread settlement = new Thread(() -> settle(address));
        settlement.start();
        // When
        Event end =
                new OrderDesk(address, SECRET)
                        .give(order, Duration.ofSeconds(60), event -> heard.add(event.getType()));
        settlement.join();
        // Then
        assertThat(end).isNotNull();
        assertThat(heard).containsExactly("OrderTaken", "OrderSent", "OrderDone");
        assertThat(Compacted.read(address, Topics.ORDERS, SettlementOrder.class, SECRET))
                .containsOnly(Map.entry("0x" + "00".repeat(20), order));
        assertThat(Compacted.read(address, Topics.ORDERS, SettlementOrder.class, FOREIGN))
                .isEmpty();
    }

    /** Answers the first order, all events at once, between those of another. */
    private static void settle(KafkaAddress address) {
        try (KafkaProducer<byte[], byte[]> producer = Records.producer(address)) {
            while (Compacted.read(address, Topics.ORDERS, SettlementOrder.class, SECRET)
                    .isEmpty()) {
                Thread.sleep(50);
            }
            for (String type : List.of("OrderTaken", "OrderSent", "OrderDone")) {
                for (String id : List.of("2", "1")) {
                    Event event = event(1);
                    event.setType(type);
                    event.setNumbers(Map.of("command", id));
                    producer.send(
                            new ProducerRecord<>(
                                    address.topic(Topics.EVENTS), new byte[1], encode(event)));
                }
            }
            producer.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void makeNoise(KafkaAddress address) {
        try {
            for (long number = 1; !Thread.currentThread().isInterrupted(); number++) {
                put(address, Topics.EVENTS, "manifest:m", event(number));
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void putForgedTombstone(KafkaAddress address) throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(Topics.EPOCHS), new byte[0], null);
        record.headers().add(ClusterSecret.MAC_HEADER, new byte[32]);
        try (KafkaProducer<byte[], byte[]> producer = Records.producer(address)) {
            producer.send(record).get(20, TimeUnit.SECONDS);
        }
    }

    private static void put(
            KafkaAddress address, Topics topic, String key, SpecificRecordBase value)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = Records.producer(address)) {
            producer.send(
                            new ProducerRecord<>(
                                    address.topic(topic),
                                    key.getBytes(StandardCharsets.UTF_8),
                                    value == null ? null : encode(value)))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> byte[] encode(T value) {
        return RecordCodec.of((Class<T>) value.getClass()).encode(value);
    }

    private static LedgerEntry entry(String account, long attempt) {
        return new LedgerEntry(Accounts.empty(account), attempt);
    }

    private static Event event(long number) {
        return Event.newBuilder()
                .setStream("manifest:m")
                .setSequence(number)
                .setAttempt(1)
                .setAtMs(1)
                .setType("Charged")
                .build();
    }

    private static Epoch epoch(String id) {
        return Epoch.newBuilder()
                .setEpochId(id)
                .setJobName("orchestrator")
                .setVersion("0.1.0")
                .setStartedAtMs(1)
                .build();
    }

    private static ClusterSecret secret(String text) {
        return new ClusterSecret(text.getBytes(StandardCharsets.UTF_8));
    }
}
