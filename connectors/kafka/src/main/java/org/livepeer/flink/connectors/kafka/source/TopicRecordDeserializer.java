package org.livepeer.flink.connectors.kafka.source;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.TopicRecord;

/** Takes a record as it is: coordinates, key, the last value of each header, value. */
public final class TopicRecordDeserializer
        implements KafkaRecordDeserializationSchema<TopicRecord> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NOTHING = new byte[0];

    private final Claim claim;

    /**
     * @param claim what the reader waits for before it begins
     */
    public TopicRecordDeserializer(Claim claim) {
        this.claim = claim;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
        claim.await();
    }

    @Override
    public void deserialize(
            ConsumerRecord<byte[], byte[]> record, Collector<TopicRecord> collector) {
        collector.collect(of(record));
    }

    /** The record of a plain consumer. */
    public static TopicRecord of(ConsumerRecord<byte[], byte[]> record) {
        Map<String, ByteBuffer> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(
                    header.key(),
                    ByteBuffer.wrap(header.value() == null ? NOTHING : header.value()));
        }
        return new TopicRecord(
                new Coordinates(
                        record.topic(), record.partition(), record.offset(), record.timestamp()),
                record.key() == null ? null : ByteBuffer.wrap(record.key()),
                headers,
                ByteBuffer.wrap(record.value() == null ? NOTHING : record.value()));
    }

    @Override
    public TypeInformation<TopicRecord> getProducedType() {
        return new AvroTypeInfo<>(TopicRecord.class);
    }
}
