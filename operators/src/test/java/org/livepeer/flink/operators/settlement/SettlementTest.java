package org.livepeer.flink.operators.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainOrder;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.Redemption;
import org.livepeer.flink.schemas.SettlementOrder;
import org.livepeer.flink.schemas.TicketOrder;
import org.livepeer.flink.schemas.WinningTicket;

class SettlementTest {
    private static final long FACE = 1_000_000_000L;
    private static final long EXPIRED = 1_000;

    private final FakeChain chain = new FakeChain();
    private final List<OutboxEntry> log = new ArrayList<>();
    private final List<WinningTicket> wins = new ArrayList<>();
    private final Writer writer = writer(1, 50);

    private Writer writer(long attempt, int batch) {
        return Writer.fresh(options(batch, true, true), chain, log, wins, attempt);
    }

    private static SettlementOptions options(int batch, boolean reward, boolean initialize) {
        return new SettlementOptions(
                Wins.RECIPIENT.bytes(),
                4,
                BigInteger.valueOf(1_000),
                10_000,
                batch,
                reward,
                initialize,
                10);
    }

    private Redemption ticket(WinningTicket win) {
        Redemption ticket = writer.book.ticket(new WonTicket(win).hash());
        assertThat(ticket).isNotNull();
        return ticket;
    }

    private List<String> reasons(String type) {
        return writer.book.events.stream()
                .filter(e -> e.getType().equals(type))
                .map(Event::getReason)
                .toList();
    }

    @Test
    void winsAreRedeemedInOneTransactionAndPaidOnce() throws Exception {
        for (int i = 1; i <= 30; i++) {
            wins.add(Wins.of(i, FACE, 5, EXPIRED));
        }
        wins.add(wins.get(3));
        writer.run(0, 15);
        assertThat(writer.states()).hasSize(30).containsOnly("CONFIRMED");
        assertThat(chain.paid()).hasSize(30);
        assertThat(chain.signed).hasSize(1);
        assertThat(Bytes.number(ticket(wins.get(0)).getPayout())).isEqualTo(FACE);
        assertThat(writer.book.types())
                .contains("TicketWon", "RedemptionSent", "TransactionConfirmed", "TicketRedeemed")
                .doesNotContain("TicketDeferred");
    }

    @Test
    void nothingIsSentThatWasNotReadBack() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer.read(0);
        writer.turn(1_000);
        writer.turn(2_000);
        assertThat(chain.signed).hasSize(1);
        // Signed, and written, but it does not come back.
        log.remove(log.size() - 1);
        for (int i = 0; i < 5; i++) {
            writer.turn(3_000 + i);
            chain.mine();
        }
        assertThat(chain.paid()).isEmpty();
        assertThat(ticket(wins.get(0)).getState()).isEqualTo(ChainWorkState.SIGNED);

        Writer next = writer.checkpoint().restored(2);
        next.run(10_000, 12);
        assertThat(next.states()).containsExactly("CONFIRMED");
        assertThat(chain.paid()).hasSize(1);
    }

    @Test
    void theSecretIsKeptUntilNoTicketOfItIsTakenAnyMore() throws Exception {
        long head = chain.standing().l1Block();
        wins.add(Wins.of(1, FACE, 5, head + 5));
        for (int i = 0; i < 4; i++) {
            writer.turn(i * 1_000L);
            writer.turn(i * 1_000L + 1);
            chain.mine();
        }
        assertThat(chain.signed).isEmpty();
        chain.mine();
        writer.run(10_000, 3);
        assertThat(chain.signed).hasSize(1);
    }

    @Test
    void inTheLastBlocksOfItsRoundsItIsNotKept() throws Exception {
        wins.add(Wins.of(1, FACE, 4, 9_999));
        writer.run(0, 3);
        assertThat(chain.signed).isEmpty();
        chain.l1BlocksLeft = WonTicket.LAST_BLOCKS;
        writer.run(10_000, 12);
        assertThat(writer.states()).containsExactly("CONFIRMED");
    }

    @Test
    void beforeTheNodeLeavesTheActiveSetItIsNotKeptEither() throws Exception {
        chain.deactivationRound = 6;
        chain.l1BlocksLeft = WonTicket.LAST_BLOCKS;
        wins.add(Wins.of(1, FACE, 5, 9_999));
        writer.run(0, 12);
        assertThat(writer.states()).containsExactly("CONFIRMED");
    }

    @Test
    void oneThatFailsIsInNobodysWayAndEndsWithItsReason() throws Exception {
        wins.add(Wins.of(1, 3 * FACE, 5, EXPIRED));
        wins.add(Wins.of(2, FACE, 5, EXPIRED));
        wins.add(Wins.of(3, FACE, 5, EXPIRED));
        chain.faults.put(new WonTicket(wins.get(0)).hash(), "sender is unlocked");
        writer.run(0, 15);
        assertThat(ticket(wins.get(1)).getState()).isEqualTo(ChainWorkState.CONFIRMED);
        assertThat(ticket(wins.get(2)).getState()).isEqualTo(ChainWorkState.CONFIRMED);
        assertThat(ticket(wins.get(0)).getState()).isEqualTo(ChainWorkState.QUEUED);
        assertThat(reasons("TicketDeferred")).containsExactly("sender is unlocked");
        chain.round = 7;
        writer.run(200_000, 3);
        assertThat(ticket(wins.get(0)).getState()).isEqualTo(ChainWorkState.EXPIRED);
        assertThat(reasons("TicketExpired")).containsExactly("sender is unlocked");
    }

    @Test
    void itWaitsForFundsThatPayAllOfIt() throws Exception {
        String sender = Wins.SENDER.lower();
        chain.deposits.put(sender, BigInteger.valueOf(2 * FACE));
        chain.reserves.put(sender, BigInteger.valueOf(FACE / 2));
        for (int i = 1; i <= 3; i++) {
            wins.add(Wins.of(i, FACE, 5, EXPIRED));
        }
        writer.run(0, 15);
        assertThat(chain.paid()).hasSize(2);
        assertThat(reasons("TicketDeferred"))
                .containsExactly("its sender has " + FACE / 2 + " wei for it");
        chain.deposits.put(sender, BigInteger.valueOf(3 * FACE));
        writer.run(200_000, 15);
        assertThat(writer.states()).containsOnly("CONFIRMED");
    }

    @Test
    void atTheLastItTakesWhatItCanGet() throws Exception {
        chain.deposits.put(Wins.SENDER.lower(), BigInteger.valueOf(FACE / 2));
        wins.add(Wins.of(1, FACE, 4, EXPIRED));
        writer.run(0, 10);
        assertThat(chain.signed).isEmpty();
        chain.l1BlocksLeft = 3;
        writer.run(200_000, 10);
        assertThat(chain.signed).hasSize(1);
    }

    @Test
    void oneThatCostsMoreThanItPaysIsNotSent() throws Exception {
        wins.add(Wins.of(1, FakeChain.GAS * 10, 5, EXPIRED));
        writer.run(0, 10);
        assertThat(chain.signed).isEmpty();
        assertThat(reasons("TicketDeferred").get(0)).contains("it would pay 2000000 wei and cost");
    }

    @Test
    void whatKeepsTheContractsFromPayingIsWaitedFor() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        chain.paused = true;
        writer.run(0, 4);
        chain.paused = false;
        chain.balance = BigInteger.ONE;
        writer.run(200_000, 4);
        chain.balance = BigInteger.TEN.pow(18);
        chain.gasPrice = BigInteger.valueOf(2_000);
        writer.run(400_000, 4);
        assertThat(chain.signed).isEmpty();
        assertThat(reasons("TicketDeferred"))
                .satisfiesExactly(
                        one -> assertThat(one).isEqualTo("the contracts are paused"),
                        two -> assertThat(two).contains("the account has 1 wei for gas"),
                        three -> assertThat(three).contains("more than -maxGasPrice 1000"));
        chain.gasPrice = BigInteger.TEN;
        writer.run(600_000, 10);
        assertThat(writer.states()).containsOnly("CONFIRMED");
    }

    @Test
    void ticketsThatAreNotOursOrFlawedAreSaidToBe() throws Exception {
        wins.add(
                Wins.of(
                        Wins.RANDS,
                        EthAddress.of(new byte[] {99}),
                        Wins.SENDER,
                        1,
                        FACE,
                        5,
                        EXPIRED));
        WinningTicket other = Wins.of(2, FACE, 5, EXPIRED);
        other.setSeed(ByteBuffer.wrap(new byte[] {77}));
        wins.add(other);
        WinningTicket renamed = Wins.of(3, FACE, 5, EXPIRED);
        renamed.setTicketHash(ByteBuffer.wrap(new byte[32]));
        wins.add(renamed);
        writer.run(0, 3);
        assertThat(writer.states()).hasSize(3).containsOnly("DEAD");
        assertThat(reasons("TicketGivenUp"))
                .satisfiesExactly(
                        one -> assertThat(one).contains("it pays"),
                        two -> assertThat(two).contains("the cluster secret is another one"),
                        three -> assertThat(three).isEqualTo("its hash is not its own"));
        assertThat(chain.signed).isEmpty();
    }

    @Test
    void aTicketThatABatchSwallowedIsRedeemedAlone() throws Exception {
        for (int i = 1; i <= 4; i++) {
            wins.add(Wins.of(i, FACE, 5, EXPIRED));
        }
        writer.turn(0);
        writer.turn(1_000);
        writer.turn(2_000);
        String swallowed = new WonTicket(wins.get(2)).hash();
        chain.swallowed.add(
                Outbox.hash(writer.book.transactions().get(0).getVersions().get(0).getHash())
                        + swallowed);
        writer.run(3_000, 40);
        assertThat(writer.states()).containsOnly("CONFIRMED");
        assertThat(chain.paid()).hasSize(4);
        assertThat(chain.signed).hasSize(2);
        assertThat(ticket(wins.get(2)).getAttempts()).isEqualTo(1);
    }

    @Test
    void aTransactionThatTakesTooLongOffersMoreAndIsTheSame() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer.run(0, 3);
        chain.drop(3, true);
        chain.gasPrice = BigInteger.valueOf(25);
        writer.run(10_000, 30);
        assertThat(writer.states()).containsOnly("CONFIRMED");
        assertThat(writer.book.types()).contains("TransactionReplaced");
        assertThat(chain.wasted()).isZero();
    }

    @Test
    void oneThatNoNodeTakesGivesItsNumberBack() throws Exception {
        for (int i = 1; i <= 8; i++) {
            wins.add(Wins.of(i, FACE, 5, EXPIRED));
        }
        chain.refuses = "redeem:";
        writer.run(0, 100);
        assertThat(writer.book.types()).contains("TransactionRefused", "TransactionGivenUp");
        assertThat(chain.paid()).isEmpty();
        chain.refuses = "";
        writer.run(300_000, 120);
        assertThat(writer.states()).containsOnly("CONFIRMED");
        assertThat(chain.paid()).hasSize(8);
    }

    @Test
    void aNumberThatAnotherTookIsSeen() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        chain.takesNothing = true;
        writer.run(0, 5);
        chain.mineForeign();
        chain.takesNothing = false;
        writer.run(6_000, 40);
        assertThat(writer.states()).containsOnly("CONFIRMED");
        assertThat(reasons("TicketDeferred")).contains("its number went to another transaction");
        assertThat(chain.paid()).hasSize(1);
    }

    @Test
    void whatSomebodyElseRedeemedIsBelievedWhenItLiesDeep() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer.run(0, 12);
        Writer another = writer(2, 50);
        // Its outbox is another one: it cannot know.
        Writer unaware = Writer.fresh(options(50, false, false), chain, new ArrayList<>(), wins, 3);
        unaware.run(20_000, 2);
        assertThat(unaware.states()).containsExactly("QUEUED");
        unaware.run(22_000, 8);
        assertThat(unaware.states()).containsExactly("CONFIRMED");
        another.run(30_000, 12);
        assertThat(another.states()).containsExactly("CONFIRMED");
        assertThat(chain.signed).hasSize(1);
    }

    @Test
    void aLaterWriterStopsAnEarlierOne() throws Exception {
        writer.run(0, 3);
        Writer later = writer(2, 50);
        later.run(5_000, 3);
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer.turn(9_000);
        assertThat(writer.settlement.isLost()).isTrue();
        writer.run(10_000, 3);
        assertThat(chain.signed).isEmpty();
        later.run(20_000, 12);
        assertThat(chain.signed).hasSize(1);
    }

    @Test
    void whatAnEarlierWriterWritesTooLateCountsForNobody() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer.turn(0);
        writer.turn(1);
        Writer state = writer.checkpoint();
        // The later one takes the outbox over before what the earlier one has signed arrives.
        Writer later = state.restored(2);
        later.settlement.begin(5);
        later.flush();
        Writer stale = state.restored(1);
        stale.book.written.clear();
        assertThat(log).isNotEmpty();
        OutboxEntry late = log.get(log.size() - 2);
        assertThat(late.getTransaction()).isNotNull();
        log.remove(late);
        log.add(late);
        writer.turn(10);
        later.run(100, 12);
        assertThat(chain.paid()).hasSize(1);
        assertThat(later.states()).containsExactly("CONFIRMED");
        assertThat(chain.wasted()).isZero();
    }

    @Test
    void aWriterWhoseClockIsBehindStillTakesOver() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        writer(1_000, 50).run(0, 2);
        Writer behind = writer(500, 50);
        behind.run(10_000, 12);
        assertThat(behind.states()).containsExactly("CONFIRMED");
        assertThat(chain.wasted()).isZero();
    }

    @Test
    void anotherChainIsNotSettledOn() throws Exception {
        writer.run(0, 2);
        chain.id = 2;
        assertThatThrownBy(() -> writer.turn(5_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the node is of chain 2, not 1");
    }

    @Test
    void whatDiffersInNumbersOnlyIsNotToldAgain() throws Exception {
        chain.lastRewardRound = 4;
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        for (int i = 1; i < 4; i++) {
            chain.balance = BigInteger.valueOf(i);
            writer.run(10_000L * i, 3);
        }
        assertThat(reasons("OrderDeferred"))
                .singleElement()
                .asString()
                .startsWith("the account has 1 wei, ")
                .endsWith(" are needed: send it ether");
        assertThat(reasons("TicketDeferred"))
                .singleElement()
                .asString()
                .startsWith("the account has 1 wei for gas, ")
                .endsWith(" are needed: send it ether");
    }

    @Test
    void roundsAndRewardsAreOrdersOfItsOwn() throws Exception {
        chain.roundInitialized = false;
        chain.round = 6;
        writer.run(0, 10);
        assertThat(writer.book.order("initializeRound-6").getState())
                .isEqualTo(ChainWorkState.CONFIRMED);
        chain.roundInitialized = true;
        writer.run(20_000, 10);
        assertThat(writer.book.order("reward-6").getState()).isEqualTo(ChainWorkState.CONFIRMED);
        assertThat(writer.book.types()).contains("OrderTaken", "OrderSent", "OrderDone");
    }

    @Test
    void aRewardThatIsConfirmedInTheNextRoundIsDone() throws Exception {
        chain.lastRewardRound = 4;
        writer.run(0, 4);
        chain.lastRewardRound = 5;
        chain.round = 6;
        chain.roundInitialized = false;
        writer.run(5_000, 6);
        assertThat(writer.book.order("reward-5").getState()).isEqualTo(ChainWorkState.CONFIRMED);
        assertThat(reasons("OrderMissed")).isEmpty();
    }

    @Test
    void aRewardThatWasNotCalledInItsRoundIsSaidToBeMissed() throws Exception {
        chain.lastRewardRound = 4;
        chain.balance = BigInteger.ONE;
        writer.run(0, 3);
        assertThat(reasons("OrderDeferred")).first().asString().contains("the account has 1 wei");
        chain.round = 6;
        chain.lastRewardRound = 6;
        writer.run(20_000, 3);
        assertThat(reasons("OrderMissed")).hasSize(1);
    }

    @Test
    void anOrderIsCarriedOutOnceStepByStep() throws Exception {
        SettlementOrder order = order("id-1", "two");
        writer.run(0, 1);
        writer.settlement.order(order, 0, 0);
        writer.settlement.order(order, 0, 0);
        writer.run(1_000, 20);
        assertThat(writer.book.order("id-1").getState()).isEqualTo(ChainWorkState.CONFIRMED);
        assertThat(writer.book.order("id-1").getTransactions()).hasSize(2);
        writer.settlement.order(order, 0, 30_000);
        assertThat(reasons("OrderRepeated")).hasSize(2);
        assertThat(chain.signed).hasSize(2);
    }

    @Test
    void ordersThatCannotBeFailWithTheReason() throws Exception {
        writer.run(0, 1);
        writer.settlement.order(order("a", "nonsense"), 0, 0);
        writer.settlement.order(order("b", "impossible"), 0, 0);
        writer.settlement.order(order("c", "fails"), 0, 0);
        writer.settlement.order(order("d", "reward"), 0, 25 * 3_600_000L);
        writer.run(1_000, 15);
        assertThat(reasons("OrderFailed"))
                .containsExactlyInAnyOrder(
                        "there is no action nonsense",
                        "it cannot be",
                        "no",
                        "it was given more than a day ago: give it again");
    }

    @Test
    void anOrderThatCannotBeSentForADayIsGivenUp() throws Exception {
        writer.run(0, 1);
        writer.settlement.order(order("id-1", "one"), 0, 0);
        chain.balance = BigInteger.ONE;
        writer.run(1_000, 2);
        writer.run(25 * 3_600_000L, 2);
        assertThat(reasons("OrderMissed")).first().asString().contains("the account has 1 wei");
        assertThat(chain.signed).isEmpty();
    }

    @Test
    void whoHasLostAllStateDoesNoOrderTwice() throws Exception {
        writer.run(0, 1);
        writer.settlement.order(order("id-1", "two"), 0, 0);
        writer.run(1_000, 3);
        Writer fresh = writer(2, 50);
        fresh.read(10_000);
        fresh.settlement.order(order("id-1", "two"), 0, 10_000);
        fresh.run(11_000, 20);
        assertThat(chain.signed).hasSize(2);
        assertThat(fresh.book.order("id-1").getState()).isEqualTo(ChainWorkState.CONFIRMED);
    }

    @Test
    void anOperatorGivesATicketUpOrHasItTriedAgain() throws Exception {
        wins.add(Wins.of(1, FACE, 5, EXPIRED));
        String hash = new WonTicket(wins.get(0)).hash();
        chain.faults.put(hash, "no");
        writer.run(0, 3);
        writer.settlement.order(ticketOrder("x", "skip"), 0, 4_000);
        assertThat(ticket(wins.get(0)).getState()).isEqualTo(ChainWorkState.DEAD);
        writer.settlement.order(ticketOrder("y", "skip"), 0, 4_000);
        assertThat(reasons("OrderFailed")).containsExactly("a ticket that is DEAD cannot skip");
        chain.faults.clear();
        writer.settlement.order(ticketOrder("z", "retry"), 0, 5_000);
        writer.run(6_000, 12);
        assertThat(writer.states()).containsExactly("CONFIRMED");
    }

    private SettlementOrder ticketOrder(String id, String action) {
        return order(id, new TicketOrder(wins.get(0).getTicketHash(), action));
    }

    private static SettlementOrder order(String id, String action) {
        return order(id, new ChainOrder(action, Map.of()));
    }

    private static SettlementOrder order(String id, Object what) {
        return SettlementOrder.newBuilder()
                .setId(id)
                .setAccount(ByteBuffer.wrap(FakeChain.ACCOUNT.bytes()))
                .setIssuedAtMs(0)
                .setOrder(what)
                .build();
    }

    @Test
    void aBacklogGoesInAsFewTransactionsAsTheBatchSays() throws Exception {
        Writer small = writer(3, 20);
        IntStream.rangeClosed(1, 100).forEach(i -> wins.add(Wins.of(i, FACE, 5, EXPIRED)));
        small.run(0, 20);
        assertThat(small.states()).containsOnly("CONFIRMED");
        assertThat(chain.signed).hasSize(5);
    }
}
