package org.livepeer.flink.connectors.edge.orchestrator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.SegmentResult;

/** Stands for the job on a real broker: answers each push as it is told. */
final class EchoJob implements AutoCloseable {
    private final KafkaAddress address;
    private final Thread thread = new Thread(this::run, "echo-job");
    private final List<Segment> seen = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile Answering answering = EchoJob::echo;

    /** Makes the answer to a push; null for none. */
    @FunctionalInterface
    interface Answering {
        SegmentResult answer(Segment segment);
    }

    EchoJob(KafkaAddress address) {
        this.address = address;
        thread.start();
    }

    void answers(Answering how) {
        answering = how;
    }

    List<Segment> seen() {
        return seen;
    }

    /** The media as each rendition. */
    static SegmentResult echo(Segment segment) {
        List<Rendition> renditions = new ArrayList<>();
        for (Profile profile : segment.getProfiles()) {
            renditions.add(rendition(profile, segment.getPayload(), 60));
        }
        return answer(segment, "ok", renditions);
    }

    static Rendition rendition(Profile profile, ByteBuffer media, long frames) {
        return Rendition.newBuilder()
                .setName(profile.getName())
                .setWidth(profile.getWidth())
                .setHeight(profile.getHeight())
                .setFrames(frames)
                .setPixels(frames * profile.getWidth() * profile.getHeight())
                .setBitrate(profile.getBitrate())
                .setFormat(profile.getFormat())
                .setPayload(media)
                .build();
    }

    static SegmentResult answer(Segment segment, String status, List<Rendition> renditions) {
        return SegmentResult.newBuilder()
                .setRequestId("request")
                .setManifestId(segment.getManifestId())
                .setSeq(segment.getSeq())
                .setDurationMs(segment.getDurationMs())
                .setStatus(status)
                .setAcceptedAtMs(1)
                .setAnsweredAtMs(2)
                .setRenditions(renditions)
                .setReplyTag(segment.getReplyTag())
                .build();
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(
                                address.consumerProperties(),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                address.producerProperties(),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            String topic = address.topic(Topics.SEGMENTS);
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    Segment segment = RecordCodec.of(Segment.class).decode(record.value());
                    seen.add(segment);
                    SegmentResult answer = answering.answer(segment);
                    if (answer != null) {
                        producer.send(
                                new ProducerRecord<>(
                                        address.topic(Topics.RESULTS),
                                        Objects.requireNonNull(segment.getReplyPartition()),
                                        segment.getManifestId().getBytes(UTF_8),
                                        RecordCodec.of(SegmentResult.class).encode(answer)));
                    }
                }
            }
        } catch (RecordCodec.UndecodableException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
