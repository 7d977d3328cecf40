package org.livepeer.flink.connectors.edge.reply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.edge.session.ReplyTags;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.SegmentResult;

class ReplyDeskIT {
    private static final String SESSION = "0123456789abcdef";

    private final ReplyTags tags =
            new ReplyTags(new ClusterSecret("0123456789abcdef".getBytes(UTF_8)));

    @Test
    void aNewEdgeFindsRenditionsOfLongAgo(@TempDir Path folder) throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder, 0)) {
            // Given an answer from before the time that is read at once
            KafkaAddress address = new KafkaAddress(broker.bootstrapServers(), "");
            try (TopicAdmin admin = new TopicAdmin(address)) {
                admin.create(1, 1);
            }
            answered(address, 7);
            RenditionIndex index = new RenditionIndex(Duration.ofMinutes(35), 100, 1 << 20);
            try (ReplyDesk desk =
                    new ReplyDesk(address, tags, index, Duration.ZERO, Duration.ofMinutes(35))) {
                // When
                desk.start();

                // Then
                String path = SESSION + "/a/7.ts";
                Optional<RenditionIndex.Place> place = index.find(path);
                for (int i = 0; i < 400 && place.isEmpty(); i++) {
                    Thread.sleep(50);
                    place = index.find(path);
                }
                assertThat(place).hasValueSatisfying(p -> assertThat(p.length()).isEqualTo(3));
                assertThat(index.inMemory(path)).as("only new media").isEmpty();
            }
        }
    }

    private void answered(KafkaAddress address, long seq) throws Exception {
        Rendition rendition =
                Rendition.newBuilder()
                        .setName("a")
                        .setWidth(1)
                        .setHeight(1)
                        .setFrames(1)
                        .setPixels(1)
                        .setBitrate(1)
                        .setFormat(OutputFormat.MPEGTS)
                        .setPayload(ByteBuffer.allocate(3))
                        .build();
        SegmentResult result =
                SegmentResult.newBuilder()
                        .setRequestId("r")
                        .setManifestId("wire.cam")
                        .setSeq(seq)
                        .setStatus("ok")
                        .setAcceptedAtMs(0)
                        .setAnsweredAtMs(0)
                        .setRenditions(List.of(rendition))
                        .setReplyTag(tags.make(SESSION, "wire.cam", seq))
                        .build();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    address.topic(Topics.RESULTS),
                                    "wire.cam".getBytes(UTF_8),
                                    RecordCodec.of(SegmentResult.class).encode(result)))
                    .get();
        }
    }
}
