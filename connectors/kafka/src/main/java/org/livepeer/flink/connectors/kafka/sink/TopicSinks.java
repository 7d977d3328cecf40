package org.livepeer.flink.connectors.kafka.sink;

import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;
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
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.SessionEntry;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Sinks into topics. All are at least once: flushed before a checkpoint completes, written again
 * after a restore; readers know repeats by request id, account or event number. What somebody waits
 * for is sent at once; bookkeeping may linger 50 ms to travel in batches.
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
        return signed(Topics.RECEIPTS, Receipt::getAccount);
    }

    /** Tickets that pay. */
    public KafkaSink<WinningTicket> wins() {
        return signed(Topics.WINNING_TICKETS, win -> Serializers.hex(win.getSender()));
    }

    /** Blocks, in their order. */
    public KafkaSink<ChainBlock> chain() {
        return signed(Topics.CHAIN, b -> "");
    }

    /** The newest block. */
    public KafkaSink<ChainHead> rounds() {
        return signed(Topics.ROUNDS, head -> "head");
    }

    /** Senders' funds. */
    public KafkaSink<SenderEntry> senders() {
        return signed(Topics.SENDERS, sender -> Serializers.hex(sender.getSender()));
    }

    /** Orchestrators' standing. */
    public KafkaSink<OrchestratorEntry> orchestrators() {
        return signed(Topics.ORCHESTRATORS, entry -> Serializers.hex(entry.getAddress()));
    }

    /** Signed transactions. */
    public KafkaSink<OutboxEntry> transactions() {
        return signed(Topics.TRANSACTIONS, entry -> Serializers.hex(entry.getAccount()));
    }

    /** Tickets after their last change. */
    public KafkaSink<Redemption> redemptions() {
        return signed(
                Topics.REDEMPTIONS, each -> Serializers.hex(each.getTicket().getTicketHash()));
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

    private <T extends SpecificRecordBase> KafkaSink<T> signed(
            Topics topic, Serializers.Key<T> key) {
        return sink(Serializers.signed(address.topic(topic), topic, key, secret), quick());
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
