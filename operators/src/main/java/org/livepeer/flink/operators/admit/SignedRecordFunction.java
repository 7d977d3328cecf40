package org.livepeer.flink.operators.admit;

import java.nio.ByteBuffer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * Reads the cluster's own records: those without the cluster's MAC, or damaged, become dead letters
 * and change nothing.
 *
 * @param <T> the record expected on the topic
 * @param <O> what goes on
 */
public abstract class SignedRecordFunction<T extends SpecificRecordBase, O>
        extends ProcessFunction<TopicRecord, O> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final String topic;
    private final SecretSource secretSource;
    private transient @Nullable ClusterSecret secret;
    private transient @Nullable ReasonCounters rejections;

    /**
     * @param topic name that the MAC covers, without the deployment's prefix
     */
    protected SignedRecordFunction(Class<T> type, String topic, SecretSource secret) {
        this.type = type;
        this.topic = topic;
        this.secretSource = secret;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        secret = secretSource.secret();
        rejections = new ReasonCounters(getRuntimeContext().getMetricGroup(), "rejected");
    }

    /** Passes a verified record on; its append time is the only time that money rules use. */
    protected abstract void accept(T record, Coordinates origin, Collector<O> out) throws Exception;

    @Override
    public void processElement(TopicRecord record, Context context, Collector<O> out)
            throws Exception {
        byte[] value = Push.bytes(record.getValue());
        ByteBuffer mac = record.getHeaders().get(ClusterSecret.MAC_HEADER);
        ClusterSecret known = secret == null ? secretSource.secret() : secret;
        if (!known.verifies(topic, optionalBytes(record.getKey()), value, optionalBytes(mac))) {
            reject(
                    record,
                    Reason.BadMac,
                    "the record on "
                            + topic
                            + " does not carry this cluster's MAC: it is forged, or its writer has"
                            + " another cluster secret",
                    context);
            return;
        }
        T decoded;
        try {
            decoded = RecordCodec.of(type).decode(value);
        } catch (UndecodableException e) {
            reject(record, Reason.UndecodableRecord, String.valueOf(e.getMessage()), context);
            return;
        }
        accept(decoded, record.getOrigin(), out);
    }

    private void reject(TopicRecord record, Reason reason, String detail, Context context) {
        context.output(
                Tags.DEAD_LETTERS,
                new DeadLetter(
                        reason.name(),
                        detail,
                        record.getOrigin(),
                        record.getKey(),
                        record.getHeaders(),
                        record.getValue()));
        if (rejections != null) {
            rejections.count(reason.name());
        }
    }

    private static byte @Nullable [] optionalBytes(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : Push.bytes(buffer);
    }
}
