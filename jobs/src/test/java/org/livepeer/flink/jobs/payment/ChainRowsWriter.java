package org.livepeer.flink.jobs.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SenderEntry;

/** Writes what the chain job would write. */
final class ChainRowsWriter implements AutoCloseable {
    static final long ROUND = 11;
    static final BigInteger ETHER = BigInteger.TEN.pow(18);

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;

    ChainRowsWriter(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        this.producer =
                new KafkaProducer<>(
                        address.producerProperties(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    void head(long l1Block) throws Exception {
        long now = System.currentTimeMillis();
        byte[] hash = Keccak256.of(("round " + ROUND).getBytes(UTF_8));
        write(
                Topics.ROUNDS,
                "head",
                ChainHead.newBuilder()
                        .setBlock(l1Block)
                        .setBlockHash(ByteBuffer.wrap(hash))
                        .setL1Block(l1Block)
                        .setRound(ROUND)
                        .setRoundBlockHash(ByteBuffer.wrap(hash))
                        .setPreviousRoundBlockHash(ByteBuffer.wrap(hash))
                        .setPoolSize(1)
                        .setGasPrice(Bytes.of(BigInteger.valueOf(7)))
                        .setBlockAtMs(now)
                        .setSeenAtMs(now)
                        .setChainId(31_337)
                        .build());
    }

    void active(EthAddress orchestrator, boolean is) throws Exception {
        write(
                Topics.ORCHESTRATORS,
                key(orchestrator),
                OrchestratorEntry.newBuilder()
                        .setAddress(ByteBuffer.wrap(orchestrator.bytes()))
                        .setActivationRound(1)
                        .setDeactivationRound(is ? Long.MAX_VALUE : ROUND)
                        .setBlock(1)
                        .build());
    }

    void funds(EthAddress sender, BigInteger reserve, long withdrawRound) throws Exception {
        write(
                Topics.SENDERS,
                key(sender),
                SenderEntry.newBuilder()
                        .setSender(ByteBuffer.wrap(sender.bytes()))
                        .setDeposit(Bytes.of(reserve))
                        .setReserve(Bytes.of(reserve))
                        .setWithdrawRound(withdrawRound)
                        .setBlock(1)
                        .build());
    }

    private static String key(EthAddress account) {
        return account.toString().toLowerCase(java.util.Locale.ROOT);
    }

    @SuppressWarnings("unchecked")
    <T extends SpecificRecordBase> void write(Topics topic, String name, T row) throws Exception {
        byte[] key = name.getBytes(UTF_8);
        byte[] value = RecordCodec.of((Class<T>) row.getClass()).encode(row);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(address.topic(topic), key, value);
        record.headers().add(ClusterSecret.MAC_HEADER, secret.mac(topic.baseName(), key, value));
        producer.send(record).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        producer.close();
    }
}
