package org.livepeer.flink.connectors.ethereum.settle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.SettlementChain.Prepared;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Every order once on the development chain, where npm has put what it needs. */
class ActionsIT {
    private static final BigInteger UNIT = BigInteger.TEN.pow(18);
    private static final BigInteger MANY = UNIT.multiply(BigInteger.valueOf(2_000));
    private static final String BONDING = "BondingManager";
    private static final String BROKER = "TicketBroker";
    private static final String TOKEN = "LivepeerToken";

    @TempDir static Path folder;

    private static DevnetActors actors;

    @BeforeAll
    static void start() throws Exception {
        actors = DevnetActors.start(folder);
    }

    @AfterAll
    static void stop() {
        if (actors != null) {
            actors.close();
        }
    }

    private static String units(long count) {
        return UNIT.multiply(BigInteger.valueOf(count)).toString();
    }

    private static void assertUnits(BigInteger actual, long count) {
        assertThat(actual).isEqualTo(UNIT.multiply(BigInteger.valueOf(count)));
    }

    @Test
    void aGatewaysFunds() throws Exception {
        DevnetActors.Actor gateway = actors.newActor("payer", BigInteger.ONE);
        EthAddress self = gateway.account();
        assertThat(gateway.carryOut("fundDeposit", Map.of("amount", units(2)))).isEqualTo(1);
        gateway.carryOut("fundReserve", Map.of("amount", units(3)));
        gateway.carryOut("fundDepositAndReserve", Map.of("deposit", units(4), "reserve", units(5)));
        Words info = actors.view(BROKER, "getSenderInfo(address)", self);
        assertUnits(info.number(0), 6);
        assertUnits(info.number(2), 8);

        gateway.carryOut("unlock", Map.of());
        assertThat(actors.number(BROKER, "isUnlockInProgress(address)", self)).isOne();
        Prepared again = gateway.prepare("unlock", Map.of(), 0);
        assertThat(again.fault()).isEqualTo("unlock already initiated");
        assertThat(again.isFinal()).isTrue();
        gateway.carryOut("cancelUnlock", Map.of());
        assertThat(actors.number(BROKER, "isUnlockInProgress(address)", self)).isZero();
        gateway.carryOut("unlock", Map.of());
        actors.pass(2);
        BigInteger before = actors.balance(self);
        gateway.carryOut("withdraw", Map.of());
        assertThat(actors.number(BROKER, "getSenderInfo(address)", self)).isZero();
        assertThat(actors.balance(self)).isGreaterThan(before.add(UNIT));

        Prepared tooMuch = gateway.prepare("fundDeposit", Map.of("amount", units(1_000_000)), 0);
        assertThat(tooMuch.gas()).isNull();
        assertThat(tooMuch.fault()).isNotEmpty();
        assertThat(tooMuch.isFinal()).as("it may get funds yet").isFalse();
    }

    @Test
    void anOrchestratorsStake() throws Exception {
        DevnetActors.Actor node = actors.newActor("candidate", MANY);
        EthAddress self = node.account();
        String somebody = "0x00000000000000000000000000000000000000bb";
        node.carryOut("transferTokens", Map.of("to", somebody, "amount", units(1)));
        assertUnits(actors.number(TOKEN, "balanceOf(address)", actors.address(somebody)), 1);
        node.carryOut("approve", Map.of("amount", units(5)));
        assertUnits(allowance(self), 5);

        actors.pass(1);
        Map<String, String> activation =
                Map.of(
                        "amount", units(1_000),
                        "rewardCut", "250000",
                        "feeShare", "750000",
                        "serviceUri", "https://node.example:8935");
        assertThat(node.carryOut("activate", activation)).isEqualTo(4);
        Words transcoder = actors.view(BONDING, "getTranscoder(address)", self);
        assertThat(transcoder.number(1)).isEqualTo(250_000);
        assertThat(transcoder.number(2)).isEqualTo(750_000);
        assertThat(actors.view("ServiceRegistry", "getServiceURI(address)", self).text(0))
                .isEqualTo("https://node.example:8935");
        assertUnits(bonded(self), 1_000);
        assertThat(node.prepare("activate", activation, 4)).isEqualTo(done());

        // Nobody else can pay for it now.
        String deployer = actors.devnet().facts().deployer();
        BigInteger purse = actors.balance(EthAddress.parse(deployer));
        actors.setBalance(deployer, BigInteger.ZERO);
        actors.mineToNextRound();
        Prepared early = node.prepare("reward", Map.of(), 0);
        assertThat(early.gas()).isNull();
        assertThat(early.isFinal()).as("the round is not initialized yet").isFalse();
        node.carryOut("initializeRound", Map.of());
        actors.setBalance(deployer, purse);
        BigInteger round = actors.number("RoundsManager", "lastInitializedRound()");
        assertThat(round).isEqualTo(actors.number("RoundsManager", "currentRound()"));

        Map<String, String> shares = Map.of("rewardCut", "100000", "feeShare", "20000");
        Prepared unrewarded = node.prepare("setConfig", shares, 0);
        assertThat(unrewarded.call()).isNull();
        assertThat(unrewarded.isFinal()).isFalse();
        node.carryOut("reward", Map.of());
        assertThat(actors.number(BONDING, "getTranscoder(address)", self)).isEqualTo(round);
        assertThat(node.carryOut("setConfig", shares)).isEqualTo(1);
        assertThat(actors.view(BONDING, "getTranscoder(address)", self).number(1))
                .isEqualTo(100_000);
        node.carryOut("setServiceUri", Map.of("serviceUri", "https://other.example:8935"));
        assertThat(actors.view("ServiceRegistry", "getServiceURI(address)", self).text(0))
                .isEqualTo("https://other.example:8935");
    }

    @Test
    void aDelegatorsStake() throws Exception {
        DevnetActors.Actor delegator = actors.newActor("delegator", MANY);
        EthAddress self = delegator.account();
        String orchestrator = EthAddress.parse(actors.devnet().facts().orchestrator()).lower();
        Map<String, String> bond = Map.of("amount", units(100), "to", orchestrator);
        assertThat(delegator.carryOut("bond", bond)).isEqualTo(2);
        assertUnits(bonded(self), 100);
        assertThat(allowance(self)).isZero();
        Prepared poor =
                delegator.prepare("bond", Map.of("amount", units(9_999), "to", orchestrator), 0);
        assertThat(poor.isFinal()).isTrue();
        assertThat(poor.fault()).contains("the account has");

        Prepared pending = delegator.prepare("unbond", Map.of("amount", units(10)), 0);
        assertThat(pending.fault()).isEqualTo("caller must be bonded");
        actors.pass(1);
        delegator.carryOut("unbond", Map.of("amount", units(10)));
        assertUnits(lock(self, 0), 10);
        delegator.carryOut("rebond", Map.of("lockId", "0"));
        assertThat(lock(self, 0)).isZero();
        assertUnits(bonded(self), 100);
        Prepared told = delegator.prepare("rebond", Map.of("lockId", "0", "to", orchestrator), 0);
        assertThat(told.isFinal()).isTrue();

        DevnetActors.Actor other = actors.newActor("other", BigInteger.ONE);
        delegator.carryOut(
                "transferBond", Map.of("to", other.account().lower(), "amount", units(20)));
        delegator.carryOut("moveStake", Map.of("to", other.account().lower(), "amount", units(5)));
        assertUnits(bonded(other.account()), 25);
        assertUnits(bonded(self), 75);

        actors.pass(1);
        delegator.carryOut("claimEarnings", Map.of());
        assertThat(actors.view(BONDING, "getDelegator(address)", self).number(5))
                .isEqualTo(actors.number("RoundsManager", "currentRound()"));

        delegator.carryOut("unbond", Map.of("amount", units(75)));
        long id =
                actors.view(BONDING, "getDelegator(address)", self).number(6).longValueExact() - 1;
        Prepared unsaid = delegator.prepare("rebond", Map.of("lockId", "" + id), 0);
        assertThat(unsaid.isFinal()).isTrue();
        delegator.carryOut("rebond", Map.of("lockId", "" + id, "to", orchestrator));
        assertUnits(bonded(self), 75);

        actors.pass(1);
        delegator.carryOut("unbond", Map.of("amount", units(30)));
        Map<String, String> lock = Map.of("lockId", "" + (id + 1));
        assertThat(delegator.prepare("withdrawStake", lock, 0).isFinal()).isTrue();
        actors.pass(7);
        BigInteger before = actors.number(TOKEN, "balanceOf(address)", self);
        delegator.carryOut("withdrawStake", lock);
        assertUnits(actors.number(TOKEN, "balanceOf(address)", self).subtract(before), 30);
    }

    @Test
    void votes() throws Exception {
        DevnetActors.Actor voter = actors.newActor("voter", MANY);
        EthAddress poll = poll();
        voter.carryOut("vote", Map.of("poll", poll.lower(), "choice", "1"));
        var logs =
                actors.devnet()
                        .rpc()
                        .logs(0, actors.devnet().rpc().blockNumber(), List.of(poll.lower()));
        assertThat(logs).hasSize(1);
        assertThat(EthAddress.of(logs.get(0).topics().get(1))).isEqualTo(voter.account());
        assertThat(new Words(logs.get(0).data()).number(0)).isOne();

        Map<String, String> vote = Map.of("proposalId", "77", "support", "2");
        Map<String, String> reasoned =
                Map.of("proposalId", "77", "support", "0", "reason", voter.account().toString());
        Prepared none = voter.prepare("voteOnProposal", vote, 0);
        assertThat(none.call()).isNull();
        assertThat(none.isFinal()).isTrue();

        // One that takes every call: what it is called with is what counts.
        EthAddress governor = create("0x6460206000f36000526005601bf3");
        register("LivepeerGovernor", governor);
        Prepared plain = voter.prepare("voteOnProposal", vote, 0);
        assertThat(plain.call().to()).isEqualTo(governor);
        assertThat(EthRpc.hex(plain.call().data())).startsWith("0x56781388").hasSize(2 + 8 + 128);
        Prepared withReason = voter.prepare("voteOnProposal", reasoned, 0);
        byte[] data = withReason.call().data();
        assertThat(EthRpc.hex(data)).startsWith("0x7b3c71d3");
        assertThat(new Words(Arrays.copyOfRange(data, 4, data.length)).text(2))
                .as("a text that looks like an address stays a text")
                .isEqualTo(voter.account().toString());
        assertThat(voter.carryOut("voteOnProposal", reasoned)).isEqualTo(1);
    }

    /** The published contract is older than reward callers; another one stands in for it. */
    @Test
    void anotherAccountCallsReward() throws Exception {
        EthAddress orchestrator = EthAddress.parse(actors.devnet().facts().orchestrator());
        actors.newActor("caller", BigInteger.ONE);
        DevnetActors.Actor caller = actors.actorFor("caller", orchestrator);
        Prepared unknown = caller.prepare("reward", Map.of(), 0);
        assertThat(unknown.gas()).isNull();
        assertThat(unknown.fault()).isNotEmpty();

        EthAddress real = actors.address(BONDING);
        // It answers whatever it is asked with ten words of zeros.
        EthAddress standIn = create("0x656101406000f36000526006601af3");
        register(BONDING, standIn);
        try {
            Prepared reward = caller.prepare("reward", Map.of(), 0);
            assertThat(reward.call().to()).isEqualTo(standIn);
            assertThat(EthRpc.hex(reward.call().data()))
                    .isEqualTo("0x1a8c41f8" + "0".repeat(24) + orchestrator.lower().substring(2));
            assertThat(caller.carryOut("reward", Map.of())).isEqualTo(1);
        } finally {
            register(BONDING, real);
        }
    }

    private static void register(String name, EthAddress contract) throws Exception {
        actors.devnet()
                .send(
                        actors.devnet().facts().deployer(),
                        "Controller",
                        BigInteger.ZERO,
                        "setContractInfo(bytes32,address,bytes20)",
                        Keccak256.of(name.getBytes(UTF_8)),
                        contract.lower(),
                        new byte[20]);
    }

    private static Prepared done() {
        return new Prepared(null, null, "", false);
    }

    private static BigInteger allowance(EthAddress owner) throws Exception {
        return actors.number(TOKEN, "allowance(address,address)", owner, actors.address(BONDING));
    }

    private static BigInteger bonded(EthAddress delegator) throws Exception {
        return actors.number(BONDING, "getDelegator(address)", delegator);
    }

    private static BigInteger lock(EthAddress delegator, long id) throws Exception {
        return actors.number(
                BONDING,
                "getDelegatorUnbondingLock(address,uint256)",
                delegator,
                BigInteger.valueOf(id));
    }

    private static EthAddress poll() throws Exception {
        Path artifact =
                Path.of(
                        "../../target/devnet/node_modules/@livepeer/sdk/abis/contracts/polling",
                        "Poll.sol",
                        "Poll.json");
        String code = new ObjectMapper().readTree(artifact.toFile()).path("bytecode").asText();
        return create(code + String.format("%064x", 1_000_000));
    }

    private static EthAddress create(String code) throws Exception {
        EthRpc rpc = actors.devnet().rpc();
        String hash =
                rpc.call(
                                "eth_sendTransaction",
                                Map.of(
                                        "from",
                                        actors.devnet().facts().deployer(),
                                        "data",
                                        code,
                                        "gas",
                                        "0x4c4b40",
                                        "maxFeePerGas",
                                        "0x77359400",
                                        "maxPriorityFeePerGas",
                                        "0x1"))
                        .asText();
        var receipt = rpc.call("eth_getTransactionReceipt", hash);
        for (int i = 0; i < 100 && !receipt.isObject(); i++) {
            Thread.sleep(50);
            receipt = rpc.call("eth_getTransactionReceipt", hash);
        }
        return EthAddress.parse(receipt.path("contractAddress").asText());
    }
}
