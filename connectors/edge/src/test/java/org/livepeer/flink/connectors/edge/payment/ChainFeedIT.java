package org.livepeer.flink.connectors.edge.payment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.TopicAdmin;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SenderEntry;

/** What an edge says of the chain, by rows on a broker. */
@Timeout(120)
class ChainFeedIT {
    private static final EthAddress SENDER = EthAddress.parse("0x" + "aa".repeat(20));
    private static final EthAddress NOBODY = EthAddress.parse("0x" + "bb".repeat(20));
    private static final ClusterSecret SECRET =
            new ClusterSecret("0123456789abcdef".getBytes(UTF_8));
    private static final ClusterSecret FOREIGN =
            new ClusterSecret("fedcba9876543210".getBytes(UTF_8));

    @TempDir Path folder;

    @Test
    void nothingIsSaidBeforeAllRowsAreRead() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            KafkaAddress address = new KafkaAddress(kafka.bootstrapServers(), "");
            try (TopicAdmin topics = new TopicAdmin(address)) {
                topics.create(1, 1);
            }
            put(address, Topics.ROUNDS, "head", head(5), SECRET);
            put(address, Topics.SENDERS, SENDER.lower(), entry(7), SECRET);
            put(address, Topics.SENDERS, SENDER.lower(), entry(1_000), FOREIGN);
            try (ChainFeed feed = new ChainFeed(address, SECRET, Duration.ofMinutes(5))) {
                assertThatThrownBy(feed::head).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> feed.sender(SENDER))
                        .isInstanceOf(IllegalStateException.class);

                feed.start();
                awaitRows(feed);

                assertThat(feed.head().getRound()).isEqualTo(5);
                assertThat(feed.sender(SENDER)).contains(entry(7));
                assertThat(feed.sender(NOBODY)).isEmpty();
            }
        }
    }

    private static void awaitRows(ChainFeed feed) throws InterruptedException {
        while (feed.waitingFor(0).isPresent()) {
            Thread.sleep(20);
        }
    }

    private static ChainHead head(long round) {
        return ChainHead.newBuilder()
                .setBlock(1)
                .setBlockHash(ByteBuffer.allocate(32))
                .setL1Block(1)
                .setRound(round)
                .setRoundBlockHash(ByteBuffer.allocate(32))
                .setPreviousRoundBlockHash(ByteBuffer.allocate(32))
                .setPoolSize(1)
                .setGasPrice(ByteBuffer.allocate(0))
                .setBlockAtMs(1)
                .setSeenAtMs(1)
                .setChainId(1)
                .build();
    }

    private static SenderEntry entry(long deposit) {
        return SenderEntry.newBuilder()
                .setSender(ByteBuffer.wrap(SENDER.bytes()))
                .setDeposit(Bytes.of(BigInteger.valueOf(deposit)))
                .setReserve(ByteBuffer.allocate(0))
                .setBlock(1)
                .build();
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> void put(
            KafkaAddress address, Topics topic, String name, T row, ClusterSecret signer)
            throws Exception {
        byte[] key = name.getBytes(UTF_8);
        byte[] value = RecordCodec.of((Class<T>) row.getClass()).encode(row);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), key, value);
        record.headers().add(ClusterSecret.MAC_HEADER, signer.mac(topic.baseName(), key, value));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(record).get(20, TimeUnit.SECONDS);
        }
    }
}
