package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.TicketPayment;

/** Hands payments to the job, signed. */
public final class PaymentProducer implements AutoCloseable {
    private final KafkaAddress address;
    private final ClusterSecret secret;
    private final KafkaProducer<byte[], byte[]> producer;

    public PaymentProducer(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
        this.producer = Producers.of(address, new Properties());
    }

    /** Completes when every replica has it. */
    public CompletableFuture<RecordMetadata> send(TicketPayment payment) {
        byte[] key = payment.getSessionId().getBytes(UTF_8);
        byte[] value = RecordCodec.of(TicketPayment.class).encode(payment);
        return Producers.send(
                producer, Producers.signed(address, Topics.PAYMENTS, key, value, secret));
    }

    @Override
    public void close() {
        producer.close();
    }
}
