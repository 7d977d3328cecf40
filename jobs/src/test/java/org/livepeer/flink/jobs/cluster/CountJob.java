package org.livepeer.flink.jobs.cluster;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.kafka.KafkaAddress;

/** Numbers the records of each key: {@code key:anything} in, {@code key:anything:count} out. */
public final class CountJob {
    private CountJob() {}

    /**
     * Runs it.
     *
     * @param arguments brokers, topic to read, topic to write
     */
    public static void main(String[] arguments) throws Exception {
        KafkaAddress kafka = new KafkaAddress(arguments[0], "");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        KafkaSource<String> source =
                KafkaSource.<String>builder()
                        .setProperties(kafka.consumerProperties())
                        .setProperty("partition.discovery.interval.ms", "-1")
                        .setProperty("commit.offsets.on.checkpoint", "false")
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setTopics(arguments[1])
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setValueOnlyDeserializer(new SimpleStringSchema())
                        .build();
        KafkaSink<String> sink =
                KafkaSink.<String>builder()
                        .setKafkaProducerConfig(kafka.producerProperties())
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setRecordSerializer(
                                KafkaRecordSerializationSchema.<String>builder()
                                        .setTopic(arguments[2])
                                        .setValueSerializationSchema(new SimpleStringSchema())
                                        .build())
                        .build();
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers")
                .keyBy(value -> value.substring(0, value.indexOf(':')), Types.STRING)
                .map(new Count())
                .uid("count")
                .sinkTo(sink)
                .uid("counts");
        env.execute("count");
    }

    @SuppressWarnings("NullAway.Init")
    static final class Count extends RichMapFunction<String, String> {
        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }

        @Override
        public String map(String value) throws Exception {
            @Nullable Long before = count.value();
            long now = before == null ? 1 : before + 1;
            count.update(now);
            return value + ":" + now;
        }
    }
}
