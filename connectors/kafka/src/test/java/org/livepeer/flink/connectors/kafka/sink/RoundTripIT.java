package org.livepeer.flink.connectors.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.connectors.kafka.source.TopicSources;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.TopicRecord;

/** What sinks write is what sources read. */
@Timeout(120)
class RoundTripIT {
    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    @TempDir static Path folder;
    static EmbeddedKafka kafka;
    static KafkaAddress address;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder, 0);
        address = new KafkaAddress(kafka.bootstrapServers(), "");
        try (TopicAdmin topics = new TopicAdmin(address)) {
            topics.create(1, 1);
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void aReceiptCarriesTheClustersMac() throws Exception {
        // Given
        Receipt receipt = receipt();
        StreamExecutionEnvironment env = environment();
        // When
        stream(env, Receipt.class, List.of(receipt)).sinkTo(sinks().receipts());
        env.execute();
        TopicRecord read = read(Topics.RECEIPTS, 1).get(0);
        // Then
        byte[] value = bytes(read.getValue());
        byte[] mac = bytes(read.getHeaders().get(ClusterSecret.MAC_HEADER));
        ClusterSecret secret = new ClusterSecret(SECRET);
        byte[] key = bytes(read.getKey());
        assertThat(RecordCodec.of(Receipt.class).decode(value)).isEqualTo(receipt);
        assertThat(new String(key, StandardCharsets.UTF_8)).isEqualTo("manifest:m");
        assertThat(secret.verifies("receipts", key, value, mac)).isTrue();
        assertThat(secret.verifies("control", key, value, mac)).isFalse();
    }

    @Test
    void anEndedSessionIsATombstone() throws Exception {
        // Given
        StreamExecutionEnvironment env = environment();
        // When
        stream(env, SessionEntry.class, List.of(session(false), session(true)))
                .sinkTo(sinks().sessions());
        env.execute();
        List<TopicRecord> read = read(Topics.SESSIONS, 2);
        // Then
        assertThat(RecordCodec.of(SessionEntry.class).decode(bytes(read.get(0).getValue())))
                .isEqualTo(session(false));
        assertThat(read.get(1).getKey()).isEqualTo(read.get(0).getKey());
        assertThat(read.get(1).getValue().remaining()).isZero();
    }

    @Test
    void aRawAnswerIsARecordPerRendition() throws Exception {
        // Given
        SegmentResult fine =
                result(4, "ok")
                        .setRenditions(
                                List.of(rendition("240p", "small"), rendition("720p", "big")))
                        .build();
        SegmentResult failed = result(5, "NoKeyFrame").setDetail("cut on key frames").build();
        SegmentResult avro = result(6, "ok").build();
        StreamExecutionEnvironment env = environment();
        // When
        stream(
                        env,
                        Answer.class,
                        List.of(
                                new Answer(AnswerKind.RAW, -1, fine),
                                new Answer(AnswerKind.RESULT, -1, avro),
                                new Answer(AnswerKind.RAW, -1, failed)))
                .flatMap(new RenditionRecords())
                .returns(new AvroTypeInfo<>(Answer.class))
                .sinkTo(sinks().renditions());
        env.execute();
        List<TopicRecord> read = read(Topics.RENDITIONS, 3);
        // Then
        assertThat(read).allMatch(record -> text(record.getKey()).equals("m"));
        assertThat(read.stream().map(record -> text(record.getValue())))
                .containsExactly("small", "big", "");
        assertThat(read.get(1).getHeaders().keySet())
                .contains("livepeer-seq", "livepeer-rendition", "livepeer-status");
        assertThat(header(read.get(1), "livepeer-seq")).isEqualTo("4");
        assertThat(header(read.get(1), "livepeer-rendition")).isEqualTo("720p");
        assertThat(header(read.get(1), "livepeer-renditions")).isEqualTo("2");
        assertThat(header(read.get(1), "livepeer-status")).isEqualTo("ok");
        assertThat(header(read.get(2), "livepeer-seq")).isEqualTo("5");
        assertThat(header(read.get(2), "livepeer-status")).isEqualTo("NoKeyFrame");
        assertThat(header(read.get(2), "livepeer-detail")).isEqualTo("cut on key frames");
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        return env;
    }

    private static <T extends SpecificRecordBase> DataStream<T> stream(
            StreamExecutionEnvironment env, Class<T> type, List<T> records) {
        return env.fromData(records, new AvroTypeInfo<>(type));
    }

    private static TopicSinks sinks() {
        return new TopicSinks(address, () -> new ClusterSecret(SECRET));
    }

    private static List<TopicRecord> read(Topics topic, int count) throws Exception {
        return environment()
                .fromSource(
                        new TopicSources(address, 0, Claim.at(0)).of(topic),
                        WatermarkStrategy.noWatermarks(),
                        topic.baseName())
                .executeAndCollect(count)
                .stream()
                .sorted(Comparator.comparingLong(record -> record.getOrigin().getOffset()))
                .toList();
    }

    private static String header(TopicRecord record, String name) {
        return text(record.getHeaders().get(name));
    }

    private static String text(ByteBuffer buffer) {
        return new String(bytes(buffer), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        return OutRecord.bytes(buffer);
    }

    private static Receipt receipt() {
        return Receipt.newBuilder()
                .setRequestId("r")
                .setPurchasedAtMs(1)
                .setAccount("manifest:m")
                .setCell("default")
                .setManifestId("m")
                .setSeq(4)
                .setSessionId("manifest:m|m")
                .setWorkerId("w")
                .setSuccess(true)
                .setReason("ok")
                .setPixels(100)
                .setPrice(Fraction.of(7, 3).toRational())
                .setAcceptedAtMs(1)
                .setAnsweredAtMs(2)
                .build();
    }

    private static SessionEntry session(boolean ended) {
        Lease lease =
                Lease.newBuilder()
                        .setSessionId("manifest:m|m")
                        .setAccount("manifest:m")
                        .setManifestId("m")
                        .setWorkerId("w")
                        .setLoadPixelsPerSecond(10)
                        .setStartedAtMs(1)
                        .setLastActivityMs(2)
                        .setRecentLatencyMs(List.of(3))
                        .build();
        return SessionEntry.newBuilder().setLease(lease).setEnded(ended).build();
    }

    private static SegmentResult.Builder result(long seq, String status) {
        return SegmentResult.newBuilder()
                .setRequestId("r" + seq)
                .setManifestId("m")
                .setSeq(seq)
                .setStatus(status)
                .setAcceptedAtMs(1)
                .setAnsweredAtMs(2)
                .setRenditions(List.of());
    }

    private static Rendition rendition(String name, String media) {
        return Rendition.newBuilder()
                .setName(name)
                .setWidth(2)
                .setHeight(2)
                .setFrames(1)
                .setPixels(4)
                .setBitrate(1000)
                .setFormat(OutputFormat.MPEGTS)
                .setPayload(ByteBuffer.wrap(media.getBytes(StandardCharsets.UTF_8)))
                .build();
    }
}
