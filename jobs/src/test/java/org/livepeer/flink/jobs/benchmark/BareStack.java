package org.livepeer.flink.jobs.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.BytesValue;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.transcoder.worker.CallMetadata;
import org.livepeer.flink.jobs.benchmark.Stamps.Point;

/** Kafka, an identity map, a unary gRPC echo, Kafka: what there is without the orchestrator. */
final class BareStack implements Stack, AutoCloseable {
    static final String IN = "bare-in";
    static final String OUT = "bare-out";

    private static final TypeInformation<Tuple2<byte[], byte[]>> TYPE =
            TypeInformation.of(new TypeHint<>() {});
    private static final MethodDescriptor<BytesValue, BytesValue> ECHO =
            MethodDescriptor.<BytesValue, BytesValue>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName("bare/echo")
                    .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                    .build();

    private final KafkaProducer<byte[], byte[]> producer;
    private final Server server;

    BareStack(KafkaAddress address) throws Exception {
        producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(
                                ServerServiceDefinition.builder("bare")
                                        .addMethod(
                                                ECHO, ServerCalls.asyncUnaryCall(BareStack::echo))
                                        .build())
                        .maxInboundMessageSize(CallMetadata.MAX_MESSAGE_BYTES)
                        .flowControlWindow(CallMetadata.FLOW_CONTROL_WINDOW)
                        .build()
                        .start();
    }

    private static void echo(BytesValue message, StreamObserver<BytesValue> answer) {
        answer.onNext(message);
        answer.onCompleted();
    }

    /** Lays the job; the same client settings as the orchestrator's. */
    void build(StreamExecutionEnvironment env, KafkaAddress address) {
        env.setMaxParallelism(128);
        env.getConfig().enableObjectReuse();
        env.setBufferTimeout(0);
        Properties consumer = address.consumerProperties();
        consumer.setProperty("partition.discovery.interval.ms", "-1");
        consumer.setProperty("commit.offsets.on.checkpoint", "false");
        KafkaSource<Tuple2<byte[], byte[]>> source =
                KafkaSource.<Tuple2<byte[], byte[]>>builder()
                        .setBootstrapServers(address.bootstrapServers())
                        .setTopics(IN)
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setDeserializer(new Pairs())
                        .setProperties(consumer)
                        .build();
        KafkaSink<Tuple2<byte[], byte[]>> sink =
                KafkaSink.<Tuple2<byte[], byte[]>>builder()
                        .setBootstrapServers(address.bootstrapServers())
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setRecordSerializer(new Records())
                        .setKafkaProducerConfig(address.producerProperties())
                        .build();
        AsyncDataStream.unorderedWait(
                        env.fromSource(source, WatermarkStrategy.noWatermarks(), "bare in")
                                .uid("bare-in")
                                .map(pair -> pair)
                                .returns(TYPE)
                                .uid("bare-map"),
                        new Echo(server.getPort()),
                        10,
                        TimeUnit.MINUTES,
                        1_000)
                .returns(TYPE)
                .uid("bare-echo")
                .sinkTo(sink)
                .uid("bare-out");
    }

    @Override
    public String name() {
        return "bare";
    }

    @Override
    public void push(String manifest, long seq, byte[] media) {
        producer.send(new ProducerRecord<>(IN, Stamps.key(manifest, seq).getBytes(UTF_8), media));
    }

    @Override
    public void close() {
        producer.close();
        server.shutdownNow();
    }

    /** A record as key and value. */
    private static final class Pairs
            implements KafkaRecordDeserializationSchema<Tuple2<byte[], byte[]>> {
        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> record, Collector<Tuple2<byte[], byte[]>> out) {
            out.collect(Tuple2.of(record.key(), record.value()));
        }

        @Override
        public TypeInformation<Tuple2<byte[], byte[]>> getProducedType() {
            return TYPE;
        }
    }

    private static final class Records
            implements KafkaRecordSerializationSchema<Tuple2<byte[], byte[]>> {
        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Tuple2<byte[], byte[]> pair, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(OUT, pair.f0, pair.f1);
        }
    }

    private static final class Echo
            extends RichAsyncFunction<Tuple2<byte[], byte[]>, Tuple2<byte[], byte[]>> {
        private static final long serialVersionUID = 1L;

        private final int port;
        private transient ManagedChannel channel;

        Echo(int port) {
            this.port = port;
        }

        @Override
        public void open(OpenContext context) {
            channel =
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                            .usePlaintext()
                            .maxInboundMessageSize(CallMetadata.MAX_MESSAGE_BYTES)
                            .flowControlWindow(CallMetadata.FLOW_CONTROL_WINDOW)
                            .build();
        }

        @Override
        public void asyncInvoke(
                Tuple2<byte[], byte[]> pair, ResultFuture<Tuple2<byte[], byte[]>> result) {
            String key = new String(pair.f0, UTF_8);
            Stamps.stamp(key, Point.CALLED);
            ClientCalls.asyncUnaryCall(
                    channel.newCall(ECHO, CallOptions.DEFAULT),
                    BytesValue.of(UnsafeByteOperations.unsafeWrap(pair.f1)),
                    new StreamObserver<>() {
                        @Override
                        public void onNext(BytesValue answer) {
                            byte[] media = answer.getValue().toByteArray();
                            Stamps.stamp(key, Point.ANSWERED);
                            result.complete(List.of(Tuple2.of(pair.f0, media)));
                        }

                        @Override
                        public void onError(Throwable cause) {
                            result.completeExceptionally(cause);
                        }

                        @Override
                        public void onCompleted() {}
                    });
        }

        @Override
        public void close() {
            if (channel != null) {
                channel.shutdownNow();
            }
        }
    }
}
