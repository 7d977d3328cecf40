package org.livepeer.flink.connectors.kafka.sink;

import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Sinks into topics. All are at least once: flushed before a checkpoint completes, written again
 * after a restore; readers know repeats by request id, account or event number. What somebody waits
 * for is sent at once; bookkeeping may linger 5 ms to travel in batches.
 */
public final class TopicSinks {
    private final KafkaAddress address;
    private final SecretSource secret;

    public TopicSinks(KafkaAddress address, SecretSource secret) {
        this.address = address;
        this.secret = secret;
    }

    /** Answers to Avro pushes. */
    public KafkaSink<Answer> results() {
        return sink(Serializers.results(address.topic(Topics.RESULTS)), quick());
    }

    /** Answers to raw pushes; takes what {@link RenditionRecords} made. */
    public KafkaSink<Answer> renditions() {
        return sink(Serializers.renditions(address.topic(Topics.RENDITIONS)), quick());
    }

    public KafkaSink<Receipt> receipts() {
        return sink(
                Serializers.signed(
                        address.topic(Topics.RECEIPTS),
                        Topics.RECEIPTS,
                        Receipt::getAccount,
                        secret),
                quick());
    }

    /** Tickets that pay. */
    public KafkaSink<WinningTicket> wins() {
        return sink(
                Serializers.signed(
                        address.topic(Topics.WINNING_TICKETS),
                        Topics.WINNING_TICKETS,
                        win -> Serializers.hex(win.getSender()),
                        secret),
                quick());
    }

    /** Blocks, in their order. */
    public KafkaSink<ChainBlock> chain() {
        return sink(
                Serializers.signed(address.topic(Topics.CHAIN), Topics.CHAIN, b -> "", secret),
                quick());
    }

    /** The newest block. */
    public KafkaSink<ChainHead> rounds() {
        return sink(
                Serializers.signed(
                        address.topic(Topics.ROUNDS), Topics.ROUNDS, head -> "head", secret),
                quick());
    }

    /** Senders' funds. */
    public KafkaSink<SenderEntry> senders() {
        return sink(
                Serializers.signed(
                        address.topic(Topics.SENDERS),
                        Topics.SENDERS,
                        sender -> Serializers.hex(sender.getSender()),
                        secret),
                quick());
    }

    /** Orchestrators' standing. */
    public KafkaSink<OrchestratorEntry> orchestrators() {
        return sink(
                Serializers.signed(
                        address.topic(Topics.ORCHESTRATORS),
                        Topics.ORCHESTRATORS,
                        entry -> Serializers.hex(entry.getAddress()),
                        secret),
                quick());
    }

    public KafkaSink<LedgerEntry> ledger() {
        return sink(Serializers.ledger(address.topic(Topics.LEDGER)), batched());
    }

    public KafkaSink<SessionEntry> sessions() {
        return sink(Serializers.sessions(address.topic(Topics.SESSIONS)), batched());
    }

    public KafkaSink<Liveness> liveness() {
        return sink(Serializers.liveness(address.topic(Topics.LIVENESS)), batched());
    }

    public KafkaSink<Event> events() {
        return sink(Serializers.events(address.topic(Topics.EVENTS)), batched());
    }

    public KafkaSink<DeadLetter> deadLetters() {
        return sink(Serializers.deadLetters(address.topic(Topics.DEAD_LETTER)), batched());
    }

    private <T> KafkaSink<T> sink(Serializers.Writer<T> writer, Properties properties) {
        return KafkaSink.<T>builder()
                .setBootstrapServers(address.bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new Serializers.Schema<>(writer))
                .setKafkaProducerConfig(properties)
                .build();
    }

    private Properties quick() {
        return address.producerProperties();
    }

    private Properties batched() {
        Properties properties = address.producerProperties();
        properties.setProperty("linger.ms", "50");
        properties.setProperty("batch.size", Integer.toString(256 << 10));
        return properties;
    }
}
