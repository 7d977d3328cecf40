package org.livepeer.flink.connectors.ethereum.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.livepeer.flink.connectors.ethereum.network.ScriptedContracts.CONTROLLER;
import static org.livepeer.flink.connectors.ethereum.network.ScriptedContracts.REVERTED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode;
import org.livepeer.flink.connectors.ethereum.rpc.ScriptedNode.Refusal;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;

/** What contracts said on a local chain, and nodes and contracts that are not as they should be. */
class RpcNetworkStateTest {
    private static final String BONDING = "BondingManager";
    private static final String ROUNDS = "RoundsManager";
    private static final EthAddress SELF =
            EthAddress.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    private static final EthAddress OTHER = EthAddress.parse("0x" + "0e".repeat(20));

    private ScriptedContracts contracts;
    private ScriptedNode node;
    private RpcNetworkState network;

    @BeforeEach
    void start() throws IOException {
        contracts = new ScriptedContracts();
        node = new ScriptedNode(contracts);
        network = new RpcNetworkState(rpc(node.uri()), CONTROLLER);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static EthRpc rpc(URI... nodes) {
        return new EthRpc(List.of(nodes), Duration.ofSeconds(5));
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = RpcNetworkStateTest.class.getResourceAsStream("/network.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    static Stream<JsonNode> steps() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        golden().path("steps").forEach(all::add);
        return all.stream();
    }

    private static Object[] words(JsonNode list) {
        List<Object> words = new ArrayList<>();
        list.forEach(each -> words.add(each.asText()));
        return words.toArray();
    }

    private static BigInteger number(JsonNode of, String name) {
        return new BigInteger(of.path(name).asText());
    }

    /** Rounds of 50 blocks, as on the chain where the golden data are from. */
    private void round(long number, boolean initialized, long block) {
        contracts.block = block * contracts.blocksOfL1;
        contracts
                .say(ROUNDS, "currentRound()", number)
                .say(ROUNDS, "currentRoundInitialized()", initialized)
                .say(ROUNDS, "lastInitializedRound()", initialized ? number : number - 1)
                .say(ROUNDS, "currentRoundLocked()", false)
                .say(ROUNDS, "currentRoundStartBlock()", number * 50)
                .say(ROUNDS, "roundLength()", 50)
                .say(ROUNDS, "lastRoundLengthUpdateRound()", 0);
    }

    private void orchestrator(EthAddress address, long stake) throws IOException {
        contracts
                .say(BONDING, "getTranscoder(address)", words(golden().path("getTranscoder")))
                .say(BONDING, "transcoderStatus(address)", 1)
                .say(BONDING, "transcoderTotalStake(address) " + address.lower(), stake)
                .say(BONDING, "isActiveTranscoder(address)", true)
                .refuse(
                        "ServiceRegistry",
                        "getServiceURI(address)",
                        ScriptedContracts.text("https://a.example:8935"));
    }

    @Test
    void anOrchestratorIsReadInTheContractsOrder() throws Exception {
        orchestrator(SELF, 77);
        JsonNode words = golden().path("getTranscoder");

        Orchestrator said = network.orchestrator(SELF);

        assertThat(said)
                .isEqualTo(
                        new Orchestrator(
                                SELF,
                                "https://a.example:8935",
                                BigInteger.valueOf(77),
                                new BigInteger(words.path(0).asText()),
                                new BigInteger("100000"),
                                new BigInteger("50000"),
                                new BigInteger("3"),
                                BigInteger.TWO.pow(256).subtract(BigInteger.ONE),
                                new BigInteger("4"),
                                true,
                                true,
                                null));
        assertThat(node.requests).as("the block, then all about it").hasSize(2);
        for (JsonNode each : node.requests.get(1)) {
            assertThat(each.path("params").path(1).asText()).isEqualTo("0x64");
        }
    }

    @Test
    void aNewerContractSaysWhoElseMayCallReward() throws Exception {
        orchestrator(SELF, 77);
        String caller = golden().path("rewardCaller").path("transcoderToRewardCaller").asText();
        contracts.say(BONDING, "transcoderToRewardCaller(address)", caller);

        assertThat(network.orchestrator(SELF).rewardCaller()).isEqualTo(EthAddress.parse(caller));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aDelegatorIsToldAsTheContractHasIt(JsonNode step) throws Exception {
        round(step.path("round").asLong(), true, 400);
        for (String who : List.of("O", "D")) {
            JsonNode golden = step.path(who);
            contracts
                    .say(
                            BONDING,
                            "getDelegator(address)",
                            number(golden, "bondedAmount"),
                            number(golden, "fees"),
                            golden.path("delegate").asText(),
                            number(golden, "delegatedAmount"),
                            number(golden, "startRound"),
                            number(golden, "lastClaimRound"),
                            number(golden, "nextUnbondingLockId"))
                    .say(BONDING, "delegatorStatus(address)", 1)
                    .say(
                            BONDING,
                            "pendingStake(address,uint256) "
                                    + SELF.lower()
                                    + " "
                                    + step.path("round").asText(),
                            number(golden, "pendingStake"))
                    .say(BONDING, "pendingFees(address,uint256)", number(golden, "pendingFees"));

            Delegator said = network.delegator(SELF);

            assertThat(said)
                    .isEqualTo(
                            new Delegator(
                                    SELF,
                                    number(golden, "bondedAmount"),
                                    number(golden, "fees"),
                                    EthAddress.parse(golden.path("delegate").asText()),
                                    number(golden, "delegatedAmount"),
                                    number(golden, "startRound"),
                                    number(golden, "lastClaimRound"),
                                    number(golden, "nextUnbondingLockId"),
                                    number(golden, "pendingStake"),
                                    number(golden, "pendingFees"),
                                    Delegator.Status.BONDED));
        }
    }

    @Test
    void whatAContractDoesNotKnowIsLeftOut() throws Exception {
        round(4, true, 210);
        contracts
                .say(BONDING, "getDelegator(address)", 1, 2, SELF, 4, 5, 6, 0)
                .say(BONDING, "delegatorStatus(address)", 2)
                .refuse(BONDING, "pendingStake(address,uint256)", "0x")
                .refuse(BONDING, "pendingFees(address,uint256)", REVERTED);

        Delegator said = network.delegator(SELF);

        assertThat(said.pendingStake()).isNull();
        assertThat(said.pendingFees()).isNull();
        assertThat(said.status()).isEqualTo(Delegator.Status.UNBONDED);
        contracts.refuse(
                BONDING, "pendingFees(address,uint256)", new Refusal(-32_005, "too many", ""));
        assertThatThrownBy(() -> network.delegator(SELF))
                .as("a node that is busy is none that knows nothing")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too many");
    }

    @Test
    void locksThatWereUsedAreLeftOut() throws Exception {
        JsonNode lock = golden().path("lock");
        String which = "getDelegatorUnbondingLock(address,uint256) " + SELF.lower() + " ";
        contracts
                .say(BONDING, "getDelegator(address)", 1, 2, SELF, 4, 5, 6, 3)
                .say(BONDING, which + 0, 0, 0)
                .say(BONDING, which + 1, words(lock))
                .say(BONDING, which + 2, 5, 9);

        assertThat(network.locks(SELF))
                .containsExactly(
                        new Delegator.UnbondingLock(
                                1,
                                new BigInteger(lock.path(0).asText()),
                                new BigInteger(lock.path(1).asText())),
                        new Delegator.UnbondingLock(
                                2, BigInteger.valueOf(5), BigInteger.valueOf(9)));
        contracts.say(
                BONDING, "getDelegator(address)", 1, 2, SELF, 4, 5, 6, BigInteger.TWO.pow(255));
        assertThatThrownBy(() -> network.locks(SELF))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has unbonded");
    }

    private void parameters(JsonNode config) {
        contracts
                .say(BONDING, "getTranscoderPoolMaxSize()", config.path("numActiveTranscoders"))
                .say(ROUNDS, "roundLength()", config.path("roundLength"))
                .say(ROUNDS, "roundLockAmount()", config.path("roundLockAmount"))
                .say(BONDING, "unbondingPeriod()", config.path("unbondingPeriod"))
                .say("Minter", "inflation()", config.path("inflation"))
                .say("Minter", "inflationChange()", config.path("inflationChange"))
                .say("Minter", "targetBondingRate()", config.path("targetBondingRate"))
                .say(BONDING, "getTotalBonded()", 11)
                .say("Minter", "getGlobalTotalSupply()", 13)
                .say("LivepeerToken", "totalSupply()", 12)
                .say("Controller", "paused()", false)
                .say("TicketBroker", "ticketValidityPeriod()", config.path("ticketValidityPeriod"))
                .say("TicketBroker", "unlockPeriod()", config.path("unlockPeriod"))
                .say("Minter", "currentMintableTokens()", 14);
    }

    @Test
    void parametersOfContractsOfEveryAge() throws Exception {
        JsonNode config = golden().path("config");
        parameters(config);

        Parameters old = network.parameters();

        assertThat(old.inflation()).isEqualTo(137);
        assertThat(old.inflationChange()).isEqualTo(3);
        assertThat(old.targetBondingRate()).isEqualTo(500_000);
        assertThat(old.mostActive()).isEqualTo(100);
        assertThat(old.roundLength()).isEqualTo(50);
        assertThat(old.roundLockAmount()).isEqualTo(100_000);
        assertThat(old.unbondingPeriod()).isEqualTo(7);
        assertThat(old.totalBonded()).isEqualTo(11);
        assertThat(old.totalSupply()).isEqualTo(13);
        assertThat(old.mintable()).isEqualTo(14);
        assertThat(old.isPaused()).isFalse();
        assertThat(old.treasuryRewardCutRate()).isNull();
        assertThat(old.treasuryBalanceCeiling()).isNull();

        contracts
                .say(
                        BONDING,
                        "treasuryRewardCutRate()",
                        config.path("treasuryRewardCutRate").asText())
                .say(
                        BONDING,
                        "treasuryBalanceCeiling()",
                        config.path("treasuryBalanceCeiling").asText());
        Parameters now = network.parameters();
        assertThat(now.treasuryRewardCutRate()).isEqualTo(BigInteger.TEN.pow(26));
        assertThat(now.treasuryBalanceCeiling())
                .isEqualTo(number(config, "treasuryBalanceCeiling"));
    }

    @Test
    void onL1AllTokensAreThere() throws Exception {
        parameters(golden().path("config"));
        contracts.chainId = 1;
        assertThat(network.parameters().totalSupply()).isEqualTo(12);
        contracts.chainId = 42_161;
        contracts.refuse("Minter", "getGlobalTotalSupply()", REVERTED);
        assertThat(network.parameters().totalSupply()).isEqualTo(12);
        contracts.contracts.remove("Minter");
        assertThatThrownBy(() -> network.parameters()).hasMessageContaining("no Minter");
    }

    @Test
    void thePoolIsWalkedAlong() throws Exception {
        JsonNode pool = golden().path("pool");
        EthAddress second = EthAddress.parse(pool.path(1).path(0).asText());
        orchestrator(SELF, 9);
        orchestrator(second, 3);
        contracts
                .say(BONDING, "getFirstTranscoderInPool()", SELF)
                .say(BONDING, "getNextTranscoderInPool(address) " + SELF.lower(), second)
                .say(BONDING, "getNextTranscoderInPool(address) " + second.lower(), 0);

        assertThat(network.pool())
                .extracting(Orchestrator::address, o -> o.delegatedStake().intValue())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(SELF, 9),
                        org.assertj.core.groups.Tuple.tuple(second, 3));
        contracts.say(BONDING, "getNextTranscoderInPool(address) " + second.lower(), SELF);
        assertThatThrownBy(() -> network.pool())
                .as("a list without an end")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("twice");
        contracts.say(BONDING, "getFirstTranscoderInPool()", 0);
        assertThat(network.pool()).isEmpty();
    }

    @Test
    void theRoundIsCountedInBlocksOfL1() throws Exception {
        contracts.blocksOfL1 = 4;
        round(4, false, 207);

        Round now = network.round();

        assertThat(now.number()).isEqualTo(4);
        assertThat(now.isInitialized()).isFalse();
        assertThat(now.lastInitialized()).isEqualTo(3);
        assertThat(now.block()).isEqualTo(828);
        assertThat(now.l1Block()).isEqualTo(207);
        assertThat(now.blocksLeft()).isEqualTo(43);
        assertThat(now.blockAtMs()).isEqualTo(16_000);
    }

    private void newRound(long at, long round) throws IOException {
        JsonNode golden = golden().path("newRound");
        contracts.log(
                at,
                0,
                ROUNDS,
                List.of(
                        golden.path("topics").path(0).asText(),
                        "0x" + String.format("%064x", round)),
                golden.path("data").asText());
    }

    private void reward(long at, int index, EthAddress who, String data) throws IOException {
        JsonNode golden = golden().path("reward");
        contracts.log(
                at,
                index,
                BONDING,
                List.of(golden.path("topics").path(0).asText(), topic(who)),
                data);
    }

    private static String topic(EthAddress who) {
        return "0x" + "0".repeat(24) + who.lower().substring(2);
    }

    private void ticket(long at, int index, EthAddress recipient, long wei) {
        contracts.log(
                at,
                index,
                "TicketBroker",
                List.of(
                        "0x8b87351a208c06e3ceee59d80725fd77a23b4129e1b51ca231fc89b40712649c",
                        topic(OTHER),
                        topic(recipient)),
                "0x" + String.format("%064x", wei));
    }

    /** Rounds 2 to 5, of which nobody began the fourth. */
    private void fourRounds(long blocksOfL1) throws IOException {
        contracts.blocksOfL1 = blocksOfL1;
        round(5, true, 260);
        orchestrator(SELF, 1);
        String data = golden().path("reward").path("data").asText();
        // Before all of it, in another order than they happened.
        reward(60 * blocksOfL1, 1, SELF, data);
        newRound(251 * blocksOfL1, 5);
        newRound(101 * blocksOfL1, 2);
        newRound(151 * blocksOfL1, 3);
        reward(152 * blocksOfL1, 4, SELF, data);
        reward(152 * blocksOfL1, 5, OTHER, data);
        ticket(160 * blocksOfL1, 0, SELF, 40);
        ticket(160 * blocksOfL1, 1, SELF, 2);
        ticket(160 * blocksOfL1, 2, OTHER, 1_000);
        ticket(259 * blocksOfL1, 0, SELF, 7);
        String pool = "getTranscoderEarningsPoolForRound(address,uint256) " + SELF.lower() + " ";
        contracts
                .say(BONDING, pool + 2, 500, 0, 0, 0, 0)
                .say(BONDING, pool + 3, 501, 90_000, 60_000, 1, 0)
                .say(BONDING, pool + 4, 502, 0, 0, 0, 0)
                .say(BONDING, pool + 5, 0, 0, 0, 0, 0);
    }

    private static final List<RoundEarnings> FOUR_ROUNDS =
            List.of(
                    // Nothing is written down yet: what was last, and the shares that will be.
                    earned(5, true, 502, false, "0", 7, 100_000, 50_000),
                    earned(4, false, 502, false, "0", 0, 0, 0),
                    earned(3, true, 501, true, "880784190000000000", 42, 90_000, 60_000),
                    earned(2, true, 500, false, "0", 0, 0, 0));

    private static RoundEarnings earned(
            long round,
            boolean initialized,
            long stake,
            boolean rewarded,
            String reward,
            long fees,
            long cut,
            long share) {
        return new RoundEarnings(
                BigInteger.valueOf(round),
                initialized,
                BigInteger.valueOf(stake),
                rewarded,
                new BigInteger(reward),
                BigInteger.valueOf(fees),
                BigInteger.valueOf(cut),
                BigInteger.valueOf(share));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4})
    void aRoundHasWhatCameInIt(long blocksOfL1) throws Exception {
        fourRounds(blocksOfL1);

        assertThat(network.history(SELF, 4)).isEqualTo(FOUR_ROUNDS);
        assertThat(contracts.ranges)
                .as("no block from before the first round is asked for")
                .allSatisfy(range -> assertThat(range).isLessThanOrEqualTo(161 * blocksOfL1));
        assertThat(network.history(SELF, 1)).isEqualTo(FOUR_ROUNDS.subList(0, 1));
    }

    @Test
    void aNodeThatTakesFewBlocksIsAskedMoreOften() throws Exception {
        fourRounds(4);
        contracts.mostBlocks = 70;

        assertThat(network.history(SELF, 4)).isEqualTo(FOUR_ROUNDS);
        assertThat(contracts.ranges).hasSizeGreaterThan(9);
        contracts.mostBlocks = 0;
        assertThatThrownBy(() -> network.history(SELF, 4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 10000 results");
    }

    @Test
    void noRoundFromBeforeTheirLengthChanged() throws Exception {
        fourRounds(1);
        contracts.say(ROUNDS, "lastRoundLengthUpdateRound()", 4);

        assertThat(network.history(SELF, 100)).isEqualTo(FOUR_ROUNDS.subList(0, 2));
    }

    @Test
    void theControllerSaysWhereContractsAre() throws Exception {
        Map<String, EthAddress> said = network.contracts();

        assertThat(said).containsEntry("Controller", CONTROLLER).containsKey("Minter");
        assertThat(said).doesNotContainKey("LivepeerTokenFaucet");
        contracts.contracts.put("TicketBroker", OTHER);
        contracts.say("TicketBroker", "unlockPeriod()", 2);
        assertThat(network.unlockPeriod()).as("also after it has moved").isEqualTo(2);
        contracts.contracts.remove("BondingManager");
        assertThatThrownBy(() -> network.contracts())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("give the right -ethController");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{}", "[]", "{\"jsonrpc\":\"2.0\",\"result\":7}", "null", ""})
    void aNodeThatTalksNonsenseIsSaid(String nonsense) {
        node.twist = any -> nonsense;

        assertThatThrownBy(() -> network.round())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("-ethUrl");
    }

    @Test
    void wordsThatMakeNoSenseAreSaid() throws Exception {
        round(4, true, 210);
        contracts.refuse(ROUNDS, "roundLength()", "0x12");
        assertThatThrownBy(() -> network.round())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("check -ethController");
        contracts.say(ROUNDS, "roundLength()", BigInteger.TWO.pow(200));
        assertThatThrownBy(() -> network.round())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be");
        orchestrator(SELF, 1);
        contracts.say(BONDING, "transcoderStatus(address)", 7);
        assertThatThrownBy(() -> network.orchestrator(SELF))
                .isInstanceOf(IOException.class)
                .hasMessage("unknown transcoder status");
        contracts.say(BONDING, "transcoderStatus(address)", 1);
        contracts.refuse("ServiceRegistry", "getServiceURI(address)", "0x" + "ff".repeat(64));
        assertThatThrownBy(() -> network.orchestrator(SELF)).isInstanceOf(IOException.class);
    }

    @Test
    void aNodeThatIsNotThereIsSaidAndAnotherOneAsked() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:1/");
        assertThatThrownBy(() -> new RpcNetworkState(rpc(nobody), CONTROLLER).wei(SELF))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("-ethUrl");
        assertThat(new RpcNetworkState(rpc(nobody, node.uri()), CONTROLLER).wei(SELF)).isEqualTo(7);
        assertThat(network.toString()).doesNotContain("127.0.0.1");
    }
}
