package org.livepeer.flink.jobs.payment;

import static java.util.Collections.frequency;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.kafka.KafkaAddress;
import org.livepeer.flink.connectors.kafka.SecretFile;
import org.livepeer.flink.connectors.kafka.broker.EmbeddedKafka;
import org.livepeer.flink.jobs.LogLines;
import org.livepeer.flink.jobs.payment.SpoiledRpc.Spoil;
import org.livepeer.flink.schemas.ChainWorkState;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.WinningTicket;

/**
 * The chain and the settlement job while something around them is not as it should be: contracts
 * that are paused, an account without ether, a node that talks nonsense or of another chain. No job
 * fails, someone is told what to do, and every win is paid once when it is over.
 *
 * <p>One pair of jobs has a single endpoint, another one two of which one turns bad.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChainTroubleIT {
    private static final BigInteger FACE = BigInteger.TEN.pow(16);
    private static final BigInteger ETHER = BigInteger.TEN.pow(18);
    private static final int ROUND_BLOCKS = 400;

    /** As often as one kind of line is repeated at most. */
    private static final Duration REPEATED = Duration.ofSeconds(10);

    /** {@code WinningTicketRedeemed}. */
    private static final String REDEEMED =
            "0xc389eb51ed006dbf2528507f010efdf5225ea596e1e1741d74f550dab1925ee7";

    @TempDir static Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<WinningTicket> all = new ArrayList<>();
    private Devnet devnet;
    private DevnetWins tickets;
    private SpoiledRpc only;
    private SpoiledRpc first;
    private SpoiledRpc second;
    private ChainJobs single;
    private ChainJobs several;
    private LogLines log;
    private long begunNanos;
    private BigInteger deposit;

    private static Path packages() throws Exception {
        try {
            return Packages.in(Path.of("../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(0, resource);
        return resource;
    }

    @BeforeAll
    void start() throws Exception {
        devnet =
                opened(
                        Devnet.start(
                                new Devnet.Options(
                                        folder.resolve("chain"),
                                        packages(),
                                        0,
                                        Duration.ofMillis(300),
                                        "https://127.0.0.1:8935",
                                        ROUND_BLOCKS)));
        only = opened(new SpoiledRpc(devnet.uri()));
        first = opened(new SpoiledRpc(devnet.uri()));
        second = opened(new SpoiledRpc(devnet.uri()));
        String broker = opened(EmbeddedKafka.start(folder.resolve("kafka"), 0)).bootstrapServers();
        SecretFile secret = SecretFile.orCreate(folder.resolve("secret"));
        tickets = new DevnetWins(devnet, folder.resolve("chain"), secret);
        MiniClusterWithClientResource flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setConfiguration(new Configuration())
                                .setNumberTaskManagers(1)
                                .setNumberSlotsPerTaskManager(4)
                                .build());
        flink.before();
        opened(flink::after);
        single =
                opened(
                        new ChainJobs(
                                new KafkaAddress(broker, ""),
                                folder,
                                devnet,
                                "orchestrator",
                                only.address()));
        several =
                opened(
                        new ChainJobs(
                                new KafkaAddress(broker, "several."),
                                folder,
                                devnet,
                                "gateway",
                                first.address() + "," + second.address()));
        log = opened(new LogLines());
        deposit = deposit();
        begunNanos = System.nanoTime();
        ChainJobs.await("block", () -> single.head() >= 0 && several.head() >= 0);
        // Settlement keeps what its first look says of the chain, and only it asks for these.
        for (SpoiledRpc each : List.of(only, first)) {
            ChainJobs.await(
                    "second look", () -> frequency(each.asked(), "eth_getTransactionCount") > 2);
        }
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    /** Whatever the trouble was. */
    @AfterEach
    void nothingHasFailedAndAllIsPaidOnce() throws Exception {
        single.areRunning();
        several.areRunning();
        BigInteger paid = FACE.multiply(BigInteger.valueOf(all.size()));
        assertThat(deposit.subtract(deposit())).as("taken from the deposit").isEqualTo(paid);
        assertThat(redeemedOnChain()).isEqualTo(all.size());
        linesAreFewAndClear();
    }

    @Test
    @Order(1)
    void aNodeOfAnotherChainIsNotUsed() throws Exception {
        List<WinningTicket> elsewhere = List.of(win(), win());
        // Both jobs are at the first, then at the second.
        first.answer(Spoil.OTHER_CHAIN);
        awaitQuestions(first, 2);
        several.take(elsewhere.get(0));
        first.answer(Spoil.NOT);
        second.answer(Spoil.OTHER_CHAIN);
        awaitQuestions(second, 2);
        second.answer(Spoil.OTHER_CHAIN);
        several.take(elsewhere.get(1));

        awaitFirstReward();
        only.answer(Spoil.OTHER_CHAIN);
        awaitQuestions(only, 4);
        only.answer(Spoil.OTHER_CHAIN);
        WinningTicket waiting = win();
        single.take(waiting);
        several.areRedeemedOnce(elsewhere);
        for (SpoiledRpc each : List.of(only, second)) {
            assertThat(each.asked()).doesNotContain("eth_getLogs", "eth_sendRawTransaction");
        }
        assertThat(only.asked()).contains("eth_chainId");
        assertThat(single.redemption(waiting).getState()).isEqualTo(ChainWorkState.QUEUED);
        for (String job : List.of("BlockReader", "SettlementFunction")) {
            assertThat(lines(job))
                    .anyMatch(
                            l -> l.contains("a node is of chain 1, all before was of chain 31337"));
        }

        long head = single.head();
        only.answer(Spoil.NOT);
        second.answer(Spoil.NOT);
        single.areRedeemedOnce(List.of(waiting));
        ChainJobs.await("block", () -> single.head() > head);
    }

    @Test
    @Order(2)
    void winsAndRewardsWaitWhileTheContractsArePaused() throws Exception {
        String account = devnet.facts().orchestrator();
        awaitFirstReward();
        devnet.send(devnet.facts().deployer(), "Controller", BigInteger.ZERO, "pause()");
        List<WinningTicket> wins = new ArrayList<>(List.of(win(), win()));
        for (WinningTicket each : wins) {
            single.take(each);
        }
        for (WinningTicket each : wins) {
            single.awaitDeferred(each);
        }
        long sent = sent(account);
        int taken = orders("OrderTaken").size();
        devnet.rpc().call("anvil_mine", EthRpc.hex(ROUND_BLOCKS));
        long round = devnet.ask("RoundsManager", "currentRound()").longValueExact();
        // A look that shows the new round, which nobody can initialize.
        wins.add(win());
        single.take(wins.get(2));
        single.awaitDeferred(wins.get(2));
        for (WinningTicket each : wins) {
            assertThat(single.reasons(each, "TicketDeferred"))
                    .containsExactly("the contracts are paused");
        }
        assertThat(sent(account)).isEqualTo(sent);
        assertThat(orders("OrderTaken")).hasSize(taken);

        devnet.send(devnet.facts().deployer(), "Controller", BigInteger.ZERO, "unpause()");
        single.areRedeemedOnce(wins);
        ChainJobs.await("reward", () -> orders("OrderDone").contains("reward-" + round));
        assertThat(orders("OrderTaken")).containsOnlyOnce("reward-" + round);
    }

    @Test
    @Order(3)
    void winsWaitUntilThereIsEtherForGas() throws Exception {
        String account = devnet.facts().orchestrator();
        setBalance(account, BigInteger.ZERO);
        long sent = sent(account);
        List<WinningTicket> wins = List.of(win(), win());
        for (WinningTicket each : wins) {
            single.take(each);
        }
        for (WinningTicket each : wins) {
            single.awaitDeferred(each);
        }
        assertThat(sent(account)).isEqualTo(sent);

        setBalance(account, ETHER);
        single.areRedeemedOnce(wins);
        for (WinningTicket each : wins) {
            assertThat(single.reasons(each, "TicketDeferred"))
                    .singleElement()
                    .asString()
                    .matches("the account has 0 wei for gas, \\d+ are needed: send it ether");
        }
    }

    @Test
    @Order(4)
    void aNodeThatTalksNonsenseIsWaitedForOrLeft() throws Exception {
        List<WinningTicket> alone = new ArrayList<>();
        List<WinningTicket> elsewhere = new ArrayList<>();
        for (Spoil how : EnumSet.complementOf(EnumSet.of(Spoil.NOT, Spoil.OTHER_CHAIN))) {
            alone.add(win());
            elsewhere.add(win());
            SpoiledRpc bad = how.ordinal() % 2 == 0 ? first : second;
            bad.answer(how);
            only.answer(how);
            single.take(alone.get(alone.size() - 1));
            several.take(elsewhere.get(elsewhere.size() - 1));
            ChainJobs.await(
                    "question of both jobs to " + how,
                    () ->
                            only.asked()
                                    .containsAll(
                                            List.of("eth_blockNumber", "eth_getBlockByNumber")));
            only.answer(Spoil.NOT);
            bad.answer(Spoil.NOT);
            ChainJobs.await("block after " + how, () -> only.asked().contains("eth_getLogs"));
        }
        long head = single.head();
        long headElsewhere = several.head();
        single.areRedeemedOnce(alone);
        several.areRedeemedOnce(elsewhere);
        ChainJobs.await("block", () -> single.head() > head && several.head() > headElsewhere);
        assertThat(lines("BlockReader")).anyMatch(l -> l.contains("no JSON; check -ethUrl"));
        assertThat(lines("EthRpc")).anyMatch(l -> l.contains("the next is asked"));
    }

    /** Until then something is under way. */
    private void awaitFirstReward() throws Exception {
        ChainJobs.await("reward", () -> !orders("OrderDone").isEmpty());
    }

    private static void awaitQuestions(SpoiledRpc node, int count) throws Exception {
        ChainJobs.await("question", () -> frequency(node.asked(), "eth_chainId") >= count);
    }

    private WinningTicket win() throws Exception {
        WinningTicket win = tickets.of("session-" + all.size() % 3, FACE);
        all.add(win);
        return win;
    }

    private BigInteger deposit() throws Exception {
        return devnet.ask("TicketBroker", "getSenderInfo(address)", devnet.facts().gateway());
    }

    private void setBalance(String account, BigInteger wei) throws Exception {
        devnet.rpc().call("anvil_setBalance", account, "0x" + wei.toString(16));
    }

    /** Transactions of an account, also those that wait for a block. */
    private long sent(String account) throws Exception {
        return EthRpc.count(devnet.rpc().call("eth_getTransactionCount", account, "pending"));
    }

    private long redeemedOnChain() throws Exception {
        return devnet
                .rpc()
                .logs(
                        0,
                        devnet.rpc().blockNumber(),
                        List.of(devnet.facts().contracts().get("TicketBroker")))
                .stream()
                .filter(log -> EthRpc.hex(log.topics().get(0)).equals(REDEEMED))
                .count();
    }

    /** Orders of its own that were told to be so. */
    private List<String> orders(String type) {
        return single.events().stream()
                .filter(e -> e.getType().equals(type))
                .map(Event::getNumbers)
                .map(numbers -> numbers.get("command"))
                .toList();
    }

    private List<String> lines(String source) {
        return log.all().stream()
                .filter(l -> l.source().equals(source))
                .map(LogLines.Line::text)
                .toList();
    }

    /** Those of the development chain itself do not count. */
    private void linesAreFewAndClear() {
        List<LogLines.Line> lines =
                log.all().stream().filter(l -> !l.source().equals("Devnet")).toList();
        assertThat(lines)
                .allSatisfy(l -> assertThat(l.text()).hasSizeLessThan(600).doesNotContain("\n"))
                .noneMatch(LogLines.Line::hasTrace);
        long most = 1 + (System.nanoTime() - begunNanos) / REPEATED.toNanos();
        assertThat(lines.stream().collect(Collectors.groupingBy(LogLines.Line::kind)))
                .allSatisfy((kind, some) -> assertThat(some).hasSizeLessThanOrEqualTo((int) most));
        assertThat(lines.stream().map(LogLines.Line::source).collect(Collectors.toSet()))
                .isSubsetOf("BlockReader", "SettlementFunction", "EthRpc");
    }
}
