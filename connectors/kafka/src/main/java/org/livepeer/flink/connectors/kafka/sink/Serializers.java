package org.livepeer.flink.connectors.kafka.sink;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.StoreReference;

/** How each kind of value becomes a record of its topic. */
final class Serializers {
    private Serializers() {}

    /** One record from one value; kept apart so that each kind is a lambda. */
    @FunctionalInterface
    interface Writer<T> extends java.io.Serializable {
        ProducerRecord<byte[], byte[]> write(T value, KafkaSinkContext context);
    }

    /** A schema over a writer. */
    record Schema<T>(Writer<T> writer) implements KafkaRecordSerializationSchema<T> {
        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                T value, KafkaSinkContext context, Long timestamp) {
            return writer.write(value, context);
        }
    }

    static Writer<Answer> results(String topic) {
        return (answer, context) -> {
            SegmentResult body = answer.getBody();
            byte[] value = encode(body);
            if (value.length > Topics.MAX_MEDIA_RECORD_BYTES) {
                value = encode(tooLarge(body, value.length));
            }
            int wanted = answer.getReplyPartition();
            boolean valid = wanted >= 0 && wanted < context.getPartitionsForTopic(topic).length;
            return new OutRecord(topic, OutRecord.utf8(body.getManifestId()), value)
                    .partition(valid ? wanted : null)
                    .build();
        };
    }

    /** The last resort: no broker takes the answer, and a sink that fails would stop the job. */
    static SegmentResult tooLarge(SegmentResult body, int bytes) {
        return SegmentResult.newBuilder(body)
                .setStatus(Reason.SegmentTooLarge.name())
                .setDetail(
                        "the renditions have "
                                + bytes
                                + " bytes, a record takes "
                                + Topics.MAX_MEDIA_RECORD_BYTES
                                + ": give the workers a segment store, or ask for less")
                .setRenditions(List.of())
                .build();
    }

    static Writer<Answer> renditions(String topic) {
        return (answer, context) -> {
            SegmentResult body = answer.getBody();
            if (!body.getRenditions().isEmpty()) {
                int bytes = body.getRenditions().get(0).getPayload().remaining();
                if (bytes > Topics.MAX_MEDIA_RECORD_BYTES) {
                    body = tooLarge(body, bytes);
                }
            }
            byte[] key = OutRecord.utf8(body.getManifestId());
            boolean ok = !body.getRenditions().isEmpty();
            Rendition rendition = ok ? body.getRenditions().get(0) : null;
            byte[] value =
                    rendition == null ? new byte[0] : OutRecord.bytes(rendition.getPayload());
            OutRecord out =
                    new OutRecord(topic, key, value)
                            .header("livepeer-seq", Long.toString(body.getSeq()))
                            .header("livepeer-status", body.getStatus())
                            .header("livepeer-request", body.getRequestId())
                            .header("livepeer-duration-ms", Long.toString(body.getDurationMs()));
            if (rendition == null) {
                return out.header("livepeer-detail", body.getDetail()).build();
            }
            out.header("livepeer-rendition", rendition.getName())
                    .header("livepeer-renditions", body.getDetail())
                    .header("livepeer-width", Integer.toString(rendition.getWidth()))
                    .header("livepeer-height", Integer.toString(rendition.getHeight()))
                    .header("livepeer-bitrate", Integer.toString(rendition.getBitrate()))
                    .header("livepeer-pixels", Long.toString(rendition.getPixels()))
                    .header("livepeer-codecs", rendition.getCodecs())
                    .header("livepeer-format", rendition.getFormat().name());
            StoreReference reference = rendition.getReference();
            if (reference != null) {
                out.header("livepeer-reference", reference.getName())
                        .header("livepeer-reference-length", Long.toString(reference.getLength()))
                        .header(
                                "livepeer-reference-sha256",
                                HexFormat.of().formatHex(OutRecord.bytes(reference.getHash())));
            }
            return out.build();
        };
    }

    /** What a record is keyed by, as text. */
    @FunctionalInterface
    interface Key<T> extends java.io.Serializable {
        String of(T value);
    }

    static <T extends SpecificRecordBase> Writer<T> signed(
            String topic, Topics kind, Key<T> key, SecretSource secret) {
        return (value, context) ->
                signed(topic, kind, OutRecord.utf8(key.of(value)), encode(value), secret.secret());
    }

    /** 0x and hex digits. */
    static String hex(ByteBuffer bytes) {
        return "0x" + HexFormat.of().formatHex(OutRecord.bytes(bytes));
    }

    static ProducerRecord<byte[], byte[]> signed(
            String topic, Topics kind, byte[] key, byte[] value, ClusterSecret secret) {
        return new OutRecord(topic, key, value)
                .header(ClusterSecret.MAC_HEADER, secret.mac(kind.baseName(), key, value))
                .build();
    }

    static Writer<LedgerEntry> ledger(String topic) {
        return (entry, context) ->
                new OutRecord(topic, OutRecord.utf8(entry.getState().getAccount()), encode(entry))
                        .build();
    }

    static Writer<SessionEntry> sessions(String topic) {
        return (entry, context) ->
                new OutRecord(
                                topic,
                                OutRecord.utf8(entry.getLease().getSessionId()),
                                entry.getEnded() ? null : encode(entry))
                        .build();
    }

    static Writer<Liveness> liveness(String topic) {
        return (liveness, context) ->
                new OutRecord(topic, OutRecord.utf8(liveness.getCell()), encode(liveness)).build();
    }

    static Writer<Event> events(String topic) {
        return (event, context) ->
                new OutRecord(topic, OutRecord.utf8(event.getStream()), encode(event)).build();
    }

    static Writer<DeadLetter> deadLetters(String topic) {
        return (letter, context) -> {
            Coordinates origin = letter.getOrigin();
            OutRecord out =
                    new OutRecord(
                            topic,
                            letter.getKey() == null ? null : OutRecord.bytes(letter.getKey()),
                            OutRecord.bytes(letter.getValue()));
            letter.getHeaders().forEach((name, value) -> out.header(name, OutRecord.bytes(value)));
            return out.header("livepeer-reason", letter.getReason())
                    .header("livepeer-detail", letter.getDetail())
                    .header("livepeer-origin-topic", origin.getTopic())
                    .header("livepeer-origin-partition", Integer.toString(origin.getPartition()))
                    .header("livepeer-origin-offset", Long.toString(origin.getOffset()))
                    .build();
        };
    }

    @SuppressWarnings("unchecked")
    static <T extends SpecificRecordBase> byte[] encode(T record) {
        return RecordCodec.of((Class<T>) record.getClass()).encode(record);
    }
}
