package org.livepeer.flink.connectors.kafka.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SessionEntry;

class SerializersTest {
    private static final ClusterSecret SECRET = new ClusterSecret(new byte[32]);

    @Test
    void everyRenditionOfARawAnswerIsARecordThatSaysHowManyThereAre() {
        // Given
        Answer answer =
                Answers.answer(
                        AnswerKind.RAW,
                        -1,
                        Answers.rendition("240p", new byte[] {0x47, 1}),
                        Answers.rendition("144p", new byte[] {0x47, 2}));

        // When
        List<ProducerRecord<byte[], byte[]>> records = raw(answer);

        // Then
        assertThat(records).hasSize(2);
        ProducerRecord<byte[], byte[]> second = records.get(1);
        assertThat(second.topic()).isEqualTo("p.renditions");
        assertThat(second.key()).isEqualTo("stream".getBytes(UTF_8));
        assertThat(second.value()).containsExactly(0x47, 2);
        assertThat(header(second, "livepeer-rendition")).isEqualTo("144p");
        assertThat(header(second, "livepeer-renditions")).isEqualTo("2");
        assertThat(header(second, "livepeer-status")).isEqualTo("ok");
        assertThat(header(second, "livepeer-seq")).isEqualTo("7");
        assertThat(header(second, "livepeer-pixels")).isEqualTo("6134400");
    }

    @Test
    void aFailedRawAnswerIsOneEmptyRecordWithItsReason() {
        // Given / When
        List<ProducerRecord<byte[], byte[]>> records =
                raw(Answers.failure("NoKeyFrame", "begin each segment with a key frame"));

        // Then
        assertThat(records).hasSize(1);
        assertThat(records.get(0).value()).isEmpty();
        assertThat(header(records.get(0), "livepeer-status")).isEqualTo("NoKeyFrame");
        assertThat(header(records.get(0), "livepeer-detail")).contains("key frame");
    }

    @Test
    void anAnswerThatNoBrokerTakesBecomesAFailure() throws Exception {
        // Given two renditions that are too large together, and one that is by itself
        byte[] half = new byte[Topics.MAX_MEDIA_RECORD_BYTES / 2];
        byte[] whole = new byte[Topics.MAX_MEDIA_RECORD_BYTES + 1];
        Answer together =
                Answers.answer(
                        AnswerKind.RESULT,
                        -1,
                        Answers.rendition("a", half),
                        Answers.rendition("b", half));
        Answer alone = Answers.answer(AnswerKind.RAW, -1, Answers.rendition("a", whole));

        // When
        ProducerRecord<byte[], byte[]> result =
                Serializers.results("results").write(together, partitions(8));
        ProducerRecord<byte[], byte[]> rendition = raw(alone).get(0);

        // Then
        SegmentResult body = RecordCodec.of(SegmentResult.class).decode(result.value());
        assertThat(body.getStatus()).isEqualTo("SegmentTooLarge");
        assertThat(body.getRenditions()).isEmpty();
        assertThat(rendition.value()).isEmpty();
        assertThat(header(rendition, "livepeer-status")).isEqualTo("SegmentTooLarge");
        assertThat(header(rendition, "livepeer-detail")).contains("segment store");
    }

    @Test
    void aReplyPartitionCountsWhenTheTopicHasIt() {
        // Given
        var results = Serializers.results("results");

        // When / Then
        assertThat(partitionOf(results, 11, 12)).isEqualTo(11);
        assertThat(partitionOf(results, 2, 2)).isNull();
        assertThat(partitionOf(results, -1, 2)).isNull();
    }

    @Test
    void aReceiptCarriesTheMacOfTheTopicWithoutItsPrefix() throws Exception {
        // Given / When
        ProducerRecord<byte[], byte[]> record =
                Serializers.<Receipt>signed(
                                "p.receipts", Topics.RECEIPTS, Receipt::getAccount, () -> SECRET)
                        .write(Answers.receipt("manifest:stream"), partitions(4));

        // Then
        byte[] mac = record.headers().lastHeader(ClusterSecret.MAC_HEADER).value();
        assertThat(SECRET.verifies("receipts", record.key(), record.value(), mac)).isTrue();
        assertThat(SECRET.verifies("control", record.key(), record.value(), mac)).isFalse();
        assertThat(RecordCodec.of(Receipt.class).decode(record.value()).getAccount())
                .isEqualTo("manifest:stream");
    }

    @Test
    void anEndedSessionIsATombstone() {
        // Given
        Lease lease =
                Lease.newBuilder()
                        .setSessionId("a|m")
                        .setAccount("a")
                        .setManifestId("m")
                        .setWorkerId("w")
                        .setLoadPixelsPerSecond(1)
                        .setStartedAtMs(1)
                        .setLastActivityMs(1)
                        .build();
        SessionEntry live = SessionEntry.newBuilder().setLease(lease).build();
        SessionEntry ended = SessionEntry.newBuilder().setLease(lease).setEnded(true).build();
        var sessions = Serializers.sessions("sessions");

        // When / Then
        assertThat(sessions.write(live, partitions(4)).value()).isNotEmpty();
        assertThat(sessions.write(ended, partitions(4)).value()).isNull();
        assertThat(sessions.write(ended, partitions(4)).key()).isEqualTo("a|m".getBytes(UTF_8));
    }

    @Test
    void aDeadLetterKeepsTheOriginalAndCannotBeMadeToLieAboutIt() {
        // Given a record that brings headers with our names
        DeadLetter letter =
                DeadLetter.newBuilder()
                        .setReason("UndecodableRecord")
                        .setDetail("no single object")
                        .setOrigin(new Coordinates("segments", 3, 42L, 1L))
                        .setKey(ByteBuffer.wrap("k".getBytes(UTF_8)))
                        .setHeaders(
                                Map.of(
                                        "livepeer-reason", ByteBuffer.wrap("ok".getBytes(UTF_8)),
                                        "theirs", ByteBuffer.wrap(new byte[] {9})))
                        .setValue(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                        .build();

        // When
        ProducerRecord<byte[], byte[]> record =
                Serializers.deadLetters("dead-letter").write(letter, partitions(1));

        // Then
        assertThat(record.value()).containsExactly(1, 2, 3);
        assertThat(record.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(record.headers().headers("livepeer-reason")).hasSize(1);
        assertThat(header(record, "livepeer-reason")).isEqualTo("UndecodableRecord");
        assertThat(header(record, "livepeer-origin-offset")).isEqualTo("42");
        assertThat(record.headers().lastHeader("theirs").value()).containsExactly(9);
    }

    private static List<ProducerRecord<byte[], byte[]>> raw(Answer answer) {
        List<Answer> parts = new ArrayList<>();
        new RenditionRecords().flatMap(answer, new ListCollector<>(parts));
        var writer = Serializers.renditions("p.renditions");
        return parts.stream().map(part -> writer.write(part, partitions(8))).toList();
    }

    private static Integer partitionOf(
            Serializers.Writer<Answer> results, int wanted, int available) {
        return results.write(Answers.answer(AnswerKind.RESULT, wanted), partitions(available))
                .partition();
    }

    private static KafkaSinkContext partitions(int count) {
        return new KafkaSinkContext() {
            @Override
            public int getParallelInstanceId() {
                return 0;
            }

            @Override
            public int getNumberOfParallelInstances() {
                return 1;
            }

            @Override
            public int[] getPartitionsForTopic(String topic) {
                return new int[count];
            }
        };
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
