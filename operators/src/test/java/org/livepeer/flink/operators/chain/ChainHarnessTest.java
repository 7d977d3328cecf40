package org.livepeer.flink.operators.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.livepeer.flink.operators.chain.Blocks.OTHER;
import static org.livepeer.flink.operators.chain.Blocks.SENDER;
import static org.livepeer.flink.operators.chain.Blocks.US;
import static org.livepeer.flink.operators.chain.Blocks.block;
import static org.livepeer.flink.operators.chain.Blocks.hash;
import static org.livepeer.flink.operators.chain.Blocks.log;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainLog;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.SenderEntry;

/** The fold on real RocksDB state: amounts, rounds, and blocks that the chain drops. */
class ChainHarnessTest {
    private KeyedOneInputStreamOperatorTestHarness<Long, ChainBlock, ChainHead> harness;

    @BeforeEach
    void begin() throws Exception {
        harness = harness(null);
    }

    @AfterEach
    void end() throws Exception {
        harness.close();
    }

    private static KeyedOneInputStreamOperatorTestHarness<Long, ChainBlock, ChainHead> harness(
            @Nullable OperatorSubtaskState from) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new ChainFunction(US)),
                        ChainBlock::getChainId,
                        Types.LONG);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(
                new AvroTypeInfo<>(ChainHead.class)
                        .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
        return harness;
    }

    private void take(ChainBlock... blocks) throws Exception {
        for (ChainBlock block : blocks) {
            harness.processElement(new StreamRecord<>(block));
        }
    }

    private ChainHead head() {
        List<ChainHead> all = harness.extractOutputValues();
        return all.get(all.size() - 1);
    }

    private <T> T last(OutputTag<T> tag) {
        Queue<StreamRecord<T>> all = harness.getSideOutput(tag);
        return all.stream().reduce((a, b) -> b).orElseThrow().getValue();
    }

    private SenderEntry sender() {
        return last(ChainFunction.SENDERS);
    }

    private String funds() {
        SenderEntry sender = sender();
        return Bytes.number(sender.getDeposit())
                + " "
                + Bytes.number(sender.getReserve())
                + " "
                + Bytes.number(sender.getClaimed())
                + " "
                + Bytes.number(sender.getClaimedByUs());
    }

    private static ChainLog deposit(long wei) {
        return log(ChainEvents.DEPOSIT_FUNDED, SENDER, wei);
    }

    private static ChainLog reserve(long wei) {
        return log(ChainEvents.RESERVE_FUNDED, SENDER, wei);
    }

    private static ChainLog transfer(long wei) {
        return log(ChainEvents.TICKET_TRANSFER, SENDER, wei);
    }

    private static ChainLog claim(Object claimant, long wei) {
        return log(ChainEvents.RESERVE_CLAIMED, SENDER, claimant, wei);
    }

    private static ChainLog round(long number) {
        return log(ChainEvents.NEW_ROUND, number, hash("round " + number));
    }

    @Test
    void anEventWhoseFieldsAreElsewhereChangesNothingAndTheNextCounts() throws Exception {
        ChainLog noAccount = deposit(1);
        noAccount.getTopics().remove(1);
        ChainLog noAmount = log(ChainEvents.RESERVE_CLAIMED, SENDER, US);
        ChainLog noText = log(ChainEvents.SERVICE_URI, US);
        ChainLog noHash = log(ChainEvents.NEW_ROUND, 8);

        take(block(1, "a", "-", noAccount, noAmount, noText, noHash, deposit(5), reserve(6)));

        assertThat(funds()).isEqualTo("5 6 0 0");
        assertThat(head().getRound()).isZero();
        assertThat(harness.getSideOutput(ChainFunction.ORCHESTRATORS)).isNull();
    }

    @Test
    void aWinTakesFromTheDepositWhatItDidNotClaimFromTheReserve() throws Exception {
        take(
                block(1, "1", "0", round(1), reserve(1_000), deposit(500)),
                block(2, "2", "1", transfer(200)));
        assertThat(funds()).isEqualTo("300 1000 0 0");

        // 400 were won: all of the deposit, and 100 of the reserve.
        take(block(3, "3", "2", claim(US, 100), transfer(400)));
        assertThat(funds()).isEqualTo("0 900 100 100");

        // Two redemptions in one block, of which only the first claims.
        take(block(4, "4", "3", deposit(50), claim(OTHER, 30), transfer(80), deposit(7)));
        assertThat(funds()).isEqualTo("7 870 130 100");
    }

    @Test
    void claimsCountInTheirRound() throws Exception {
        take(
                block(1, "1", "0", round(4), reserve(1_000)),
                block(2, "2", "1", claim(US, 100), transfer(100)),
                block(3, "3", "2", round(5)),
                block(4, "4", "3", claim(US, 50), transfer(50)));

        assertThat(funds()).isEqualTo("0 850 50 50");
        assertThat(sender().getClaimRound()).isEqualTo(5);
    }

    @Test
    void unlockingAndWithdrawing() throws Exception {
        take(
                block(1, "1", "0", deposit(5), reserve(6)),
                block(2, "2", "1", log(ChainEvents.UNLOCK, SENDER, 3, 5)));
        assertThat(sender().getWithdrawRound()).isEqualTo(5);
        take(block(3, "3", "2", log(ChainEvents.UNLOCK_CANCELLED, SENDER)));
        assertThat(sender().getWithdrawRound()).isZero();
        take(block(4, "4", "3", log(ChainEvents.WITHDRAWAL, SENDER, 5, 6)));
        assertThat(funds()).isEqualTo("0 0 0 0");
    }

    @Test
    void roundsKnowTheOneBefore() throws Exception {
        take(block(1, "1", "0", round(8)), block(2, "2", "1", round(9)));
        assertThat(head().getRound()).isEqualTo(9);
        assertThat(head().getRoundBlockHash()).isEqualTo(hash("round 9"));
        assertThat(head().getPreviousRoundBlockHash()).isEqualTo(hash("round 8"));

        take(block(3, "3", "2", round(11)));
        assertThat(Bytes.number(head().getPreviousRoundBlockHash())).isEqualTo(BigInteger.ZERO);
    }

    @Test
    void theLivePoolSharesTheReserve() throws Exception {
        BigInteger never = BigInteger.ONE.shiftLeft(255);
        take(
                block(
                        1,
                        "1",
                        "0",
                        log(ChainEvents.ACTIVATED, US, 2),
                        log(ChainEvents.ACTIVATED, OTHER, 2)));
        assertThat(head().getPoolSize()).isEqualTo(2);
        take(block(2, "2", "1", log(ChainEvents.DEACTIVATED, OTHER, 4)));
        OrchestratorEntry other = last(ChainFunction.ORCHESTRATORS);
        assertThat(head().getPoolSize()).isEqualTo(1);
        assertThat(other.getActivationRound()).isEqualTo(2);
        assertThat(other.getDeactivationRound()).isEqualTo(4);
        take(block(3, "3", "2", log(ChainEvents.DEACTIVATED, OTHER, never)));
        assertThat(head().getPoolSize()).isEqualTo(1);
        take(block(4, "4", "3", log(ChainEvents.ACTIVATED, US, 9)));
        assertThat(head().getPoolSize()).isEqualTo(1);
    }

    @Test
    void anotherContractsEventOfTheSameNameIsNone() throws Exception {
        ChainLog foreign = deposit(5);
        foreign.setContract("BondingManager");

        take(block(1, "1", "0", foreign));

        assertThat(harness.getSideOutput(ChainFunction.SENDERS)).isNull();
    }

    @Test
    void aRepeatedBlockChangesNothing() throws Exception {
        ChainBlock one = block(1, "1", "0", deposit(5));
        ChainBlock two = block(2, "2", "1", deposit(6));

        take(one, two, one, two);

        assertThat(funds()).isEqualTo("11 0 0 0");
        assertThat(harness.extractOutputValues()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void droppedBlocksAreUndone(int depth) throws Exception {
        take(block(1, "1", "0", deposit(1_000), reserve(500), round(3)));
        String before = "1";
        for (int i = 2; i < 2 + depth; i++) {
            take(
                    block(
                            i,
                            "a" + i,
                            before,
                            transfer(10),
                            round(2 + i),
                            log(ChainEvents.ACTIVATED, OTHER, i)));
            before = "a" + i;
        }
        assertThat(funds()).isEqualTo((1_000 - 10 * depth) + " 500 0 0");

        // The chain goes on from block 1 with others, one of which pays.
        take(block(2, "b2", "1", transfer(7)));

        assertThat(funds()).isEqualTo("993 500 0 0");
        assertThat(head().getBlockHash()).isEqualTo(hash("b2"));
        assertThat(head().getRound()).isEqualTo(3);
        assertThat(head().getPoolSize()).isZero();
        assertThat(last(ChainFunction.ORCHESTRATORS).getDeactivationRound()).isZero();

        // And back again: the blocks that were dropped come once more.
        take(block(2, "a2", "1", transfer(10), round(4)));
        assertThat(funds()).isEqualTo("990 500 0 0");
        assertThat(head().getRound()).isEqualTo(4);
    }

    @Test
    void whatCanBeUndoneSurvivesARestore() throws Exception {
        take(block(1, "1", "0", deposit(10)), block(2, "a", "1", deposit(5)));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        harness.close();

        harness = harness(state);
        take(block(2, "a", "1", deposit(5)), block(2, "b", "1", deposit(7)));

        assertThat(funds()).isEqualTo("17 0 0 0");
    }

    @Test
    void aBlockWithoutAKnownParentChangesNothing() throws Exception {
        take(block(1, "1", "0", deposit(10)), block(3, "3", "2", deposit(5)));

        assertThat(funds()).isEqualTo("10 0 0 0");
        assertThat(head().getBlock()).isEqualTo(1);
    }

    @Test
    void settledBlocksMayLeaveOthersOut() throws Exception {
        ChainBlock early = block(10, "10", "9", deposit(10));
        ChainBlock later = block(500, "500", "499", deposit(5));
        early.setSettled(true);
        later.setSettled(true);

        take(early, later, early, block(501, "501", "500", deposit(1)));

        assertThat(funds()).isEqualTo("16 0 0 0");
    }

    /** Whatever forks there are, the sums are those of the branch that was read last. */
    @Test
    void onlyTheBranchThatStandsCounts() throws Exception {
        Random random = new Random(5);
        List<ChainBlock> branch = new ArrayList<>(List.of(block(1, "1", "0", reserve(1_000_000))));
        take(branch.get(0));
        for (int step = 0; step < 300; step++) {
            int back = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 0;
            int kept = Math.max(1, branch.size() - back);
            branch = new ArrayList<>(branch.subList(0, kept));
            ChainBlock parent = branch.get(branch.size() - 1);
            ChainBlock next =
                    block(
                            parent.getNumber() + 1,
                            "s" + step,
                            "",
                            deposit(random.nextInt(100)),
                            claim(random.nextBoolean() ? US : OTHER, random.nextInt(10)),
                            transfer(0));
            next.setParentHash(parent.getHash());
            branch.add(next);
            take(next);
            if (random.nextInt(20) == 0) {
                OperatorSubtaskState state = harness.snapshot(step, step);
                harness.close();
                harness = harness(state);
            }
        }
        List<ChainBlock> standing = branch;
        take(block(branch.size() + 1_000L, "x", "nobody"));
        String folded = fundsAfter(block(0, "last", "", deposit(0)), standing);
        try (var fresh = harness(null)) {
            for (ChainBlock each : standing) {
                fresh.processElement(new StreamRecord<>(each));
            }
            harness.close();
            harness = fresh;
            assertThat(fundsAfter(block(0, "last", "", deposit(0)), standing)).isEqualTo(folded);
        }
    }

    private String fundsAfter(ChainBlock last, List<ChainBlock> standing) throws Exception {
        ChainBlock parent = standing.get(standing.size() - 1);
        last.setNumber(parent.getNumber() + 1);
        last.setParentHash(parent.getHash());
        take(last);
        return funds();
    }
}
