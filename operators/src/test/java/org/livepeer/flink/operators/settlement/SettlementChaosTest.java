package org.livepeer.flink.operators.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * Wins while jobs die and come back from old state or none, answers get lost, blocks are dropped,
 * nodes forget, and gas gets dear: each ticket is paid once.
 */
class SettlementChaosTest {
    static final int SEEDS = Integer.getInteger("livepeer.settlement.seeds", 150);

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (long i = 1; i <= SEEDS; i++) {
            seeds.add(i);
        }
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eachTicketIsPaidOnce(long seed) throws Exception {
        Random random = new Random(seed);
        FakeChain chain = new FakeChain();
        chain.confirmations = 7;
        SettlementOptions options =
                new SettlementOptions(
                        Wins.RECIPIENT.bytes(),
                        7,
                        BigInteger.ZERO,
                        4_000,
                        1 + random.nextInt(6),
                        false,
                        false,
                        100);
        List<OutboxEntry> log = new ArrayList<>();
        List<WinningTicket> wins = new ArrayList<>();
        Writer writer = Writer.fresh(options, chain, log, wins, 1);
        List<Writer> checkpoints = new ArrayList<>(List.of(writer.checkpoint()));
        List<Writer> zombies = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 400; i++) {
            now += 250;
            switch (random.nextInt(40)) {
                case 0, 1, 2 -> wins.add(Wins.of(wins.size() + 1, 1_000_000_000L, 5, 1_000));
                case 3 -> {
                    if (!wins.isEmpty()) {
                        wins.add(wins.get(random.nextInt(wins.size())));
                    }
                }
                case 4 -> chain.drop(1 + random.nextInt(6), random.nextBoolean());
                case 5 -> chain.forget(random);
                case 6 -> chain.gasPrice = BigInteger.valueOf(1 + random.nextInt(100));
                case 7, 8 -> {
                    zombies.add(writer);
                    int from = Math.max(0, checkpoints.size() - 1 - random.nextInt(3));
                    writer = checkpoints.get(from).restored(now);
                }
                case 9 -> {
                    if (random.nextInt(3) == 0) {
                        zombies.add(writer);
                        writer = Writer.fresh(options, chain, log, wins, now);
                    }
                }
                case 10, 11, 12 -> checkpoints.add(writer.checkpoint());
                case 13, 14, 15, 16, 17, 18 -> chain.mine();
                default -> writer.turn(now, random);
            }
            if (!zombies.isEmpty() && random.nextInt(3) == 0) {
                zombies.get(random.nextInt(zombies.size())).turn(now, random);
            }
        }
        chain.gasPrice = BigInteger.TEN;
        for (int i = 0; i < 300; i++) {
            now += 1_000;
            writer.turn(now);
            chain.mine();
        }
        long different = wins.stream().map(WinningTicket::getTicketHash).distinct().count();
        assertThat(chain.paid()).as("tickets that were paid").hasSize((int) different);
        assertThat(chain.wasted()).as("tickets that were sent again").isZero();
        assertThat(writer.states()).hasSize((int) different);
        if (different > 0) {
            assertThat(writer.states()).containsOnly("CONFIRMED");
        }
        assertThat(writer.book.transactions()).isEmpty();
    }
}
