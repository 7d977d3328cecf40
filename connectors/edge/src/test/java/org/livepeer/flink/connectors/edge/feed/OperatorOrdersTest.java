package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.EffectiveFrom;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SessionLimit;
import org.livepeer.flink.schemas.SetPrice;

class OperatorOrdersTest {
    private static final ClusterSecret SECRET =
            new ClusterSecret("0123456789abcdef".getBytes(UTF_8));
    private static final ClusterSecret OTHER =
            new ClusterSecret("fedcba9876543210".getBytes(UTF_8));
    private static final long T0 = 1_000_000;

    private final OperatorOrders orders = new OperatorOrders(SECRET);

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> ConsumerRecord<byte[], byte[]> record(
            Topics topic, String name, T row, long atMs, ClusterSecret signer) {
        byte[] key = name.getBytes(UTF_8);
        byte[] value = RecordCodec.of((Class<T>) row.getClass()).encode(row);
        RecordHeaders headers = new RecordHeaders();
        headers.add(ClusterSecret.MAC_HEADER, signer.mac(topic.baseName(), key, value));
        return new ConsumerRecord<>(
                topic.baseName(),
                0,
                0,
                atMs,
                TimestampType.LOG_APPEND_TIME,
                key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    private void price(String scope, long wei, long atMs, ClusterSecret signer) {
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId("c" + wei)
                        .setTarget("everybody")
                        .setIssuedAtMs(atMs)
                        .setCommand(new SetPrice(scope, Fraction.of(wei).toRational()))
                        .build();
        orders.take(record(Topics.CONTROL, "everybody", command, atMs, signer));
    }

    private void limit(int most, ClusterSecret signer) {
        orders.takeSetting(
                record(Topics.SETTINGS, "sessionLimit", new SessionLimit(most), T0, signer));
    }

    @Test
    void aPriceIsQuotedFromTheInstantOnThatItIsChargedFrom() {
        price("", 7, T0, SECRET);
        price("", 9, T0 + 60_000, SECRET);
        price("sender:0xab", 3, T0, SECRET);

        assertThat(asked("sender:0xcd", T0 + EffectiveFrom.NOTICE_MS - 1)).isEmpty();
        assertThat(asked("sender:0xcd", T0 + EffectiveFrom.NOTICE_MS)).contains(Fraction.of(7));
        assertThat(asked("sender:0xcd", T0 + 60_000)).contains(Fraction.of(7));
        assertThat(asked("sender:0xab", T0 + 60_000)).contains(Fraction.of(3));
        assertThat(orders.orders(T0 + 70_000)).containsOnlyKeys("", "sender:0xab");
        assertThat(orders.newest().get("").commandId()).isEqualTo("c9");
    }

    private Optional<Fraction> asked(String account, long atMs, Integer... needs) {
        return orders.price(account, Fraction.of(2), Arrays.asList(needs)::contains, atMs)
                .map(OperatorOrders.Order::weiPerPixel);
    }

    @Test
    void theHighestOfTheNeededCapabilitiesCountsWhenItIsMore() {
        long now = T0 + 60_000;
        price("capability:16", 5, T0, SECRET);
        price("capability:15", 4, T0, SECRET);
        price("capability:0", 1, T0, SECRET);
        price("capability:x", 1_000, T0, SECRET);

        assertThat(asked("sender:0xab", now)).isEmpty();
        assertThat(asked("sender:0xab", now, 0)).as("less than the option's 2").isEmpty();
        assertThat(asked("sender:0xab", now, 0, 15, 16)).contains(Fraction.of(5));
        price("", 3, T0, SECRET);
        price("sender:0xab", 6, T0, SECRET);
        assertThat(asked("sender:0xcd", now, 15)).contains(Fraction.of(4));
        assertThat(asked("sender:0xcd", now, 0)).contains(Fraction.of(3));
        assertThat(asked("sender:0xab", now, 16)).contains(Fraction.of(6));
    }

    @Test
    void theLastLimitCountsAndZeroLiftsIt() {
        assertThat(orders.maxSessions()).isEmpty();
        limit(4, SECRET);
        limit(2, SECRET);
        assertThat(orders.maxSessions()).hasValue(2);
        limit(0, SECRET);
        assertThat(orders.maxSessions()).isEmpty();
    }

    @Test
    void ordersOfStrangersChangeNothing() {
        price("", 7, T0, OTHER);
        limit(4, OTHER);

        assertThat(orders.orders(Long.MAX_VALUE)).isEmpty();
        assertThat(orders.maxSessions()).isEmpty();
    }
}
