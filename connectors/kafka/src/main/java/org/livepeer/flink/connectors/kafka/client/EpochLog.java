package org.livepeer.flink.connectors.kafka.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.header.Header;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.schemas.Epoch;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;

/** The claims of jobs on a deployment, in the order of their single partition. */
public final class EpochLog implements AutoCloseable {
    private static final byte[] KEY = "deployment".getBytes(UTF_8);

    private final KafkaAddress address;
    private final ClusterSecret secret;

    public EpochLog(KafkaAddress address, ClusterSecret secret) {
        this.address = address;
        this.secret = secret;
    }

    /** A claim and its offset in the topic. */
    public record Entry(Epoch epoch, long offset) {}

    /** Writes a claim; returns its offset. */
    public long append(Epoch epoch) {
        byte[] value = RecordCodec.of(Epoch.class).encode(epoch);
        try (KafkaProducer<byte[], byte[]> producer = Producers.of(address, new Properties())) {
            return producer.send(Producers.signed(address, Topics.EPOCHS, KEY, value, secret))
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot write the epoch to " + address.topic(Topics.EPOCHS), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The newest claim that carries the cluster's MAC. */
    public Optional<Entry> newest() {
        Entry newest = null;
        for (ConsumerRecord<byte[], byte[]> record : Reading.all(address, Topics.EPOCHS)) {
            Optional<Epoch> epoch = verified(record);
            if (epoch.isPresent()) {
                newest = new Entry(epoch.get(), record.offset());
            }
        }
        return Optional.ofNullable(newest);
    }

    /** The claim in a record; none when it does not carry the cluster's MAC. */
    Optional<Epoch> verified(ConsumerRecord<byte[], byte[]> record) {
        Header mac = record.headers().lastHeader(ClusterSecret.MAC_HEADER);
        boolean ours =
                record.value() != null
                        && secret.verifies(
                                Topics.EPOCHS.baseName(),
                                record.key(),
                                record.value(),
                                mac == null ? null : mac.value());
        if (!ours) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.of(Epoch.class).decode(record.value()));
        } catch (UndecodableException e) {
            throw new IllegalStateException("an epoch cannot be read", e);
        }
    }

    @Override
    public void close() {}
}
