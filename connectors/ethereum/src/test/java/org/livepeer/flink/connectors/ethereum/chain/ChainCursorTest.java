package org.livepeer.flink.connectors.ethereum.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.schemas.ChainBlock;

/** Along a chain of a node that lags, lies, drops blocks or does not answer. */
class ChainCursorTest {
    private FakeNode node;

    @BeforeEach
    void begin() throws Exception {
        node = new FakeNode();
    }

    @AfterEach
    void end() {
        node.close();
    }

    private static ChainCursor cursor(List<URI> nodes, BlockSplit from) {
        return new ChainCursor(new EthRpc(nodes, Duration.ofSeconds(5)), FakeNode.CONTROLLER, from);
    }

    private ChainCursor cursor() {
        return cursor(List.of(node.uri()), new BlockSplit(0, List.of()));
    }

    /** What comes until nothing new has come for a while. */
    private static List<ChainBlock> all(ChainCursor cursor) throws RpcException {
        List<ChainBlock> blocks = new ArrayList<>();
        for (int idle = 0; idle < 10; ) {
            List<ChainBlock> some = cursor.advance();
            idle = some.isEmpty() ? idle + 1 : 0;
            blocks.addAll(some);
        }
        return blocks;
    }

    private static List<Long> numbers(List<ChainBlock> blocks) {
        return blocks.stream().map(ChainBlock::getNumber).toList();
    }

    @Test
    void nearTheEndEveryBlockComesWithItsLogs() throws Exception {
        node.grow("a", 3);
        node.logged.add("a2");

        List<ChainBlock> blocks = all(cursor());

        assertThat(numbers(blocks)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(blocks.get(2).getLogs())
                .singleElement()
                .satisfies(log -> assertThat(log.getContract()).isEqualTo("TicketBroker"));
        assertThat(blocks.get(3).getParentHash()).isEqualTo(blocks.get(2).getHash());
        assertThat(blocks.get(3).getL1Block()).isEqualTo(1_003);
        assertThat(blocks.get(3).getChainId()).isEqualTo(31_337);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 100})
    void droppedBlocksAreFollowedByThoseThatTookTheirPlace(int depth) throws Exception {
        node.grow("a", 120);
        ChainCursor cursor = cursor();
        all(cursor);

        node.drop(depth);
        node.grow("b", depth + 1);

        List<ChainBlock> blocks = all(cursor);
        assertThat(blocks.get(0).getNumber()).isEqualTo(121 - depth);
        assertThat(blocks).hasSize(depth + 1);
    }

    @Test
    void aShorterChainIsNoticedToo() throws Exception {
        node.grow("a", 20);
        ChainCursor cursor = cursor();
        all(cursor);

        node.drop(3);
        node.grow("b", 2);

        assertThat(numbers(all(cursor))).containsExactly(18L, 19L);
    }

    @Test
    void farBehindOnlyBlocksWithLogsCome() throws Exception {
        node.grow("a", 6_000);
        node.logged.add("a17");
        node.logged.add("a4321");
        node.mostBlocks = 700;

        List<ChainBlock> blocks = all(cursor());

        List<ChainBlock> settled = blocks.stream().filter(ChainBlock::getSettled).toList();
        assertThat(settled)
                .filteredOn(b -> !b.getLogs().isEmpty())
                .extracting(ChainBlock::getNumber)
                .containsExactly(17L, 4_321L);
        assertThat(numbers(blocks)).isSorted();
        assertThat(blocks.get(blocks.size() - 1).getNumber()).isEqualTo(6_000);
        List<ChainBlock> near = blocks.subList(settled.size(), blocks.size());
        assertThat(near.get(0).getNumber())
                .isEqualTo(settled.get(settled.size() - 1).getNumber() + 1);
        assertThat(near).hasSizeBetween(200, 257);
    }

    @Test
    void itGoesOnWhereACheckpointLeftIt() throws Exception {
        node.grow("a", 5);
        List<ChainBlock> first = all(cursor());
        List<BlockSplit.Known> known =
                first.stream()
                        .map(b -> new BlockSplit.Known(b.getNumber(), b.getHash().array()))
                        .toList();
        BlockSplit saved =
                new BlockSplitSerializer()
                        .deserialize(
                                1, new BlockSplitSerializer().serialize(new BlockSplit(6, known)));
        node.drop(1);
        node.grow("b", 2);

        assertThat(numbers(all(cursor(List.of(node.uri()), saved)))).containsExactly(5L, 6L);
    }

    @Test
    void aNodeThatFailsOrTalksNonsenseIsLeftForAnother() throws Exception {
        try (FakeNode broken = new FakeNode()) {
            node.grow("a", 2);
            List<URI> both = List.of(broken.uri(), node.uri());
            for (String nonsense : List.of("<html>", "{}", "[]", "{\"result\":", "null")) {
                broken.garbage = nonsense;
                assertThat(all(cursor(both, new BlockSplit(0, List.of())))).hasSize(3);
            }
            broken.garbage = "";
            broken.status = 503;
            assertThat(all(cursor(both, new BlockSplit(0, List.of())))).hasSize(3);
        }
    }

    static Stream<Arguments> wrongTypes() {
        return Stream.of(
                Arguments.of("eth_chainId", Map.of()),
                Arguments.of("eth_blockNumber", true),
                Arguments.of("eth_blockNumber", "0x" + "f".repeat(64)),
                Arguments.of("eth_gasPrice", List.of()),
                Arguments.of("eth_getBlockByNumber", "0x1"),
                Arguments.of("eth_getBlockByNumber", Map.of("number", "0x3")),
                Arguments.of("eth_getLogs", "none"),
                Arguments.of("eth_getLogs", Map.of()),
                Arguments.of("eth_getLogs", List.of(Map.of("address", "0x"))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("wrongTypes")
    void wrongTypesAreNoEndAndNoBlock(String method, Object said) throws Exception {
        node.grow("a", 2);
        ChainCursor cursor = cursor();
        assertThat(all(cursor)).hasSize(3);
        node.grow("a", 1);
        node.logged.add("a3");
        node.wrong.put(method, said);

        assertThatThrownBy(() -> all(cursor)).isInstanceOf(RpcException.class);
        node.wrong.clear();

        assertThat(all(cursor))
                .singleElement()
                .satisfies(block -> assertThat(block.getLogs()).hasSize(1));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("wrongTypes")
    void aNodeOfWrongTypesIsLeftForAnother(String method, Object said) throws Exception {
        try (FakeNode broken = new FakeNode()) {
            node.grow("a", 3);
            broken.grow("a", 3);
            broken.wrong.put(method, said);
            ChainCursor cursor =
                    cursor(List.of(broken.uri(), node.uri()), new BlockSplit(0, List.of()));
            List<ChainBlock> blocks = new ArrayList<>();
            for (int tries = 0; tries < 6; tries++) {
                try {
                    blocks.addAll(cursor.advance());
                } catch (RpcException e) {
                    assertThat(tries).as(e.getMessage()).isZero();
                }
            }
            assertThat(numbers(blocks)).containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Test
    void aNodeThatTurnsToAnotherChainIsNotReadUntilItIsBack() throws Exception {
        node.grow("a", 3);
        ChainCursor alone = cursor();
        assertThat(all(alone)).hasSize(4);
        node.wrong.put("eth_chainId", "0x1");
        // Far ahead, where only logs are asked for.
        node.grow("b", 1_000);

        assertThatThrownBy(() -> all(alone))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("is of chain 1, all before was of chain 31337");
        node.drop(1_000);
        node.grow("a", 1);
        node.wrong.clear();
        assertThat(numbers(all(alone))).containsExactly(4L);
    }

    @Test
    void aNodeThatTurnsToAnotherChainIsLeftForAnother() throws Exception {
        try (FakeNode turning = new FakeNode()) {
            node.grow("a", 3);
            turning.grow("a", 3);
            ChainCursor cursor =
                    cursor(List.of(turning.uri(), node.uri()), new BlockSplit(0, List.of()));
            assertThat(all(cursor)).hasSize(4);
            turning.wrong.put("eth_chainId", "0x1");
            turning.grow("b", 9);
            node.grow("a", 1);

            assertThatThrownBy(cursor::advance).hasMessageContaining("is of chain 1");
            assertThat(numbers(all(cursor))).containsExactly(4L);
        }
    }

    @Test
    void aNodeThatLagsIsLeftForAnother() throws Exception {
        try (FakeNode slow = new FakeNode()) {
            node.grow("a", 30);
            slow.grow("a", 30);
            ChainCursor cursor =
                    cursor(List.of(slow.uri(), node.uri()), new BlockSplit(0, List.of()));
            assertThat(all(cursor)).hasSize(31);
            slow.lag = 20;
            node.grow("a", 1);

            assertThat(numbers(all(cursor))).containsExactly(31L);
        }
    }

    @Test
    void aBlockInWhichAContractMovesIsNotLostWhenNobodySaysWhereTo() throws Exception {
        node.grow("a", 3);
        node.moved.add("a2");
        ChainCursor cursor = cursor();
        assertThat(numbers(cursor.advance())).containsExactly(0L);
        assertThat(numbers(cursor.advance())).containsExactly(1L);
        node.failingCalls = 2;

        assertThatThrownBy(cursor::advance).isInstanceOf(RpcException.class);
        assertThatThrownBy(cursor::advance).isInstanceOf(RpcException.class);

        assertThat(numbers(all(cursor))).containsExactly(2L, 3L);
    }

    @Test
    void nobodyAnswering() {
        node.garbage = "no";

        assertThatThrownBy(() -> cursor().advance())
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("check -ethUrl")
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void anotherControllerIsSaid() {
        ChainCursor cursor =
                new ChainCursor(
                        new EthRpc(List.of(node.uri()), Duration.ofSeconds(5)),
                        FakeNode.CONTROLLER,
                        new BlockSplit(0, List.of()));
        node.wrong.put("eth_chainId", "0x");

        assertThatThrownBy(cursor::advance).hasMessageContaining("is none");
        ChainCursor wrong =
                new ChainCursor(
                        new EthRpc(List.of(node.uri()), Duration.ofSeconds(5)),
                        "0x" + "1".repeat(40),
                        new BlockSplit(0, List.of()));
        node.wrong.clear();
        node.grow("a", 1);
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                wrong.advance();
                            }
                        })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("-ethController");
    }

    @Test
    void anotherChainIsNoticed() throws Exception {
        node.grow("a", 3);
        ChainCursor cursor = cursor();
        all(cursor);

        node.drop(4);
        node.grow("other", 8);

        assertThatThrownBy(() -> all(cursor)).hasMessageContaining("not the chain");
    }
}
