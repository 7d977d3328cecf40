package org.livepeer.flink.connectors.edge.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.edge.WonTickets;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Redemption;

class WinsTest {
    private static final ClusterSecret SECRET =
            new ClusterSecret("0123456789abcdef".getBytes(UTF_8));
    private static final ClusterSecret FOREIGN =
            new ClusterSecret("fedcba9876543210".getBytes(UTF_8));

    private final Wins wins = new Wins(SECRET, 3);

    @Test
    void sumsTicketsByTheirLastStateToTheWei() throws Exception {
        take("a", WonTickets.ticket(Long.MAX_VALUE, ChainWorkState.QUEUED, 1).build(), SECRET);
        take("b", WonTickets.ticket(Long.MAX_VALUE, ChainWorkState.QUEUED, 2).build(), SECRET);
        take("c", WonTickets.ticket(5, ChainWorkState.SENT, 3).build(), SECRET);
        take("c", redeemed(5, 3), SECRET);

        BigInteger twice = BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.TWO);
        assertThat(wins.sums())
                .containsOnlyKeys(ChainWorkState.QUEUED, ChainWorkState.CONFIRMED)
                .containsEntry(ChainWorkState.QUEUED, new Wins.Sum(2, twice, BigInteger.ZERO))
                .containsEntry(
                        ChainWorkState.CONFIRMED,
                        new Wins.Sum(1, BigInteger.valueOf(5), BigInteger.valueOf(4)));
        assertThat(wins.sinceMs()).contains(1L);
    }

    @Test
    void forgetsTheOldestFirstAndTellsTheNewestFirst() throws Exception {
        take("a", WonTickets.ticket(1, ChainWorkState.QUEUED, 10).build(), SECRET);
        take("d", WonTickets.ticket(4, ChainWorkState.QUEUED, 40).build(), SECRET);
        take("b", WonTickets.ticket(2, ChainWorkState.QUEUED, 20).build(), SECRET);
        take("c", WonTickets.ticket(3, ChainWorkState.QUEUED, 30).build(), SECRET);
        take("b", WonTickets.ticket(2, ChainWorkState.SENT, 20).build(), SECRET);

        assertThat(wins.newest(9))
                .extracting(Redemption::getQueuedAtMs)
                .containsExactly(40L, 30L, 20L);
        assertThat(wins.newest(1)).hasSize(1);
        assertThat(wins.sinceMs()).contains(20L);
    }

    @Test
    void whatTheClusterDidNotSignCountsForNothing() throws Exception {
        take("a", WonTickets.ticket(1, ChainWorkState.CONFIRMED, 1).build(), FOREIGN);

        assertThat(wins.sums()).isEmpty();
        assertThat(wins.newest(9)).isEmpty();
        assertThat(wins.sinceMs()).isEmpty();
        assertThat(wins.head()).isEmpty();
    }

    private static Redemption redeemed(long faceValue, long queuedAtMs) {
        return WonTickets.ticket(faceValue, ChainWorkState.CONFIRMED, queuedAtMs)
                .setTransaction(ByteBuffer.allocate(32))
                .setPayout(Bytes.of(BigInteger.valueOf(faceValue - 1)))
                .build();
    }

    private void take(String hash, Redemption ticket, ClusterSecret signer) throws Exception {
        byte[] key = hash.getBytes(UTF_8);
        byte[] value = RecordCodec.of(Redemption.class).encode(ticket);
        ConsumerRecord<byte[], byte[]> message =
                new ConsumerRecord<>("redemptions", 0, 0, key, value);
        message.headers()
                .add(
                        ClusterSecret.MAC_HEADER,
                        signer.mac(Topics.REDEMPTIONS.baseName(), key, value));
        wins.take(Topics.REDEMPTIONS, message);
    }
}
