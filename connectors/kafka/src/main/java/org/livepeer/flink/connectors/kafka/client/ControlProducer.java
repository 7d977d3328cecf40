package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SettlementOrder;

/** Sends an operator's commands, signed. */
public final class ControlProducer implements AutoCloseable {
    /** Key of the limit on {@code settings}. */
    public static final String SESSION_LIMIT = "sessionLimit";

    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;

    public ControlProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        Properties patience = new Properties();
        patience.setProperty("delivery.timeout.ms", "20000");
        patience.setProperty("max.block.ms", "15000");
        this.producer = Producers.of(address, patience);
    }

    /**
     * Sends a command and waits until every replica has it.
     *
     * @return where it stands
     */
    public Coordinates send(ControlCommand command) {
        return send(
                Topics.CONTROL,
                command.getTarget(),
                RecordCodec.of(ControlCommand.class).encode(command));
    }

    /**
     * Sets how many sessions gateways may hold, in the place of what was set before.
     *
     * @return where it stands
     */
    public Coordinates send(SessionLimit limit) {
        return send(
                Topics.SETTINGS, SESSION_LIMIT, RecordCodec.of(SessionLimit.class).encode(limit));
    }

    /**
     * Gives an account an order to the chain and waits until every replica has it.
     *
     * @return where it stands
     */
    public Coordinates send(SettlementOrder order) {
        byte[] account = new byte[order.getAccount().remaining()];
        order.getAccount().duplicate().get(account);
        return send(
                Topics.ORDERS,
                "0x" + HexFormat.of().formatHex(account),
                RecordCodec.of(SettlementOrder.class).encode(order));
    }

    private Coordinates send(Topics topic, String name, byte[] value) {
        byte[] key = name.getBytes(UTF_8);
        try {
            RecordMetadata where =
                    producer.send(Producers.signed(address, topic, key, value, secret)).get();
            return new Coordinates(
                    where.topic(), where.partition(), where.offset(), where.timestamp());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the command was not taken by Kafka at " + address.bootstrapServers(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
