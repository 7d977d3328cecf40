package org.livepeer.flink.connectors.ethereum.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.ethereum.devnet.Devnet;
import org.livepeer.flink.connectors.ethereum.devnet.Packages;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;

/** The network's published contracts on the development chain, where npm has put what it needs. */
class NetworkStateIT {
    private static final BigInteger UNIT = BigInteger.TEN.pow(18);
    private static final String BONDING = "BondingManager";
    private static final String ROUNDS = "RoundsManager";

    @TempDir static Path folder;

    private static Devnet devnet;
    private static RpcNetworkState network;
    private static EthAddress orchestrator;

    @BeforeAll
    static void start() throws Exception {
        Path packages;
        try {
            packages = Packages.in(Path.of("../../target/devnet").toAbsolutePath().normalize());
        } catch (IllegalStateException e) {
            packages = Assumptions.abort(e.getMessage());
        }
        devnet =
                Devnet.start(
                        new Devnet.Options(
                                folder,
                                packages,
                                0,
                                Duration.ofMillis(500),
                                "https://127.0.0.1:8935",
                                400));
        network =
                RpcNetworkState.of(
                        devnet.uri().toString(), devnet.facts().contracts().get("Controller"));
        orchestrator = EthAddress.parse(devnet.facts().orchestrator());
    }

    @AfterAll
    static void stop() {
        if (devnet != null) {
            devnet.close();
        }
    }

    private static BigInteger units(long count) {
        return UNIT.multiply(BigInteger.valueOf(count));
    }

    private static BigInteger number(String contract, String signature, Object... arguments)
            throws Exception {
        return devnet.ask(contract, signature, arguments);
    }

    private static void orders(String contract, String signature, Object... arguments)
            throws Exception {
        devnet.send(orchestrator.lower(), contract, BigInteger.ZERO, signature, arguments);
    }

    @Test
    void contractsAreThoseThatWereMade() throws Exception {
        Map<String, EthAddress> said = network.contracts();

        assertThat(said)
                .containsKeys("Controller", "TicketBroker", BONDING, ROUNDS, "Minter")
                .doesNotContainKey("LivepeerTokenFaucet");
        said.forEach(
                (name, address) ->
                        assertThat(devnet.facts().contracts().get(name))
                                .isEqualToIgnoringCase(address.lower()));
    }

    @Test
    void parametersAreThoseThatWereSet() throws Exception {
        Parameters said = network.parameters();

        assertThat(said.mostActive()).isEqualTo(100);
        assertThat(said.roundLength()).isEqualTo(400);
        assertThat(said.roundLockAmount()).isEqualTo(100_000);
        assertThat(said.unbondingPeriod()).isEqualTo(7);
        assertThat(said.unlockPeriod()).isEqualTo(2).isEqualTo(network.unlockPeriod());
        assertThat(said.ticketValidityPeriod()).isEqualTo(2);
        assertThat(said.inflation()).isEqualTo(number("Minter", "inflation()"));
        assertThat(said.inflationChange()).isEqualTo(3);
        assertThat(said.targetBondingRate()).isEqualTo(500_000);
        assertThat(said.totalSupply()).isEqualTo(number("Minter", "getGlobalTotalSupply()"));
        assertThat(said.totalSupply()).isGreaterThanOrEqualTo(units(10_000_000));
        assertThat(said.totalBonded()).isEqualTo(number(BONDING, "getTotalBonded()"));
        assertThat(said.isPaused()).isFalse();
    }

    @Test
    void anOrchestratorsRounds() throws Exception {
        Orchestrator before = network.orchestrator(orchestrator);
        assertThat(before.serviceUri()).isEqualTo("https://127.0.0.1:8935");
        assertThat(before.rewardCut()).isEqualTo(100_000);
        assertThat(before.feeShare()).isEqualTo(50_000);
        assertThat(before.isActive()).isTrue();
        assertThat(before.isRegistered()).isTrue();
        assertThat(before.rewardCaller()).as("the published contracts know none").isNull();
        assertThat(before.delegatedStake()).isEqualTo(units(500));
        assertThat(network.pool()).containsExactly(before);
        Round now = network.round();
        assertThat(now.number()).isEqualTo(number(ROUNDS, "currentRound()"));
        assertThat(now.isInitialized()).isTrue();
        assertThat(now.lastInitialized()).isEqualTo(now.number());
        assertThat(now.blocksLeft()).isBetween(1L, 400L);
        RoundEarnings open = network.history(orchestrator, 1).get(0);
        assertThat(open.round()).isEqualTo(now.number());
        assertThat(open.isRewarded()).isFalse();
        assertThat(open.stake()).isEqualTo(units(500));
        assertThat(open.rewardCut()).isEqualTo(100_000);

        orders(BONDING, "reward()");

        Orchestrator after = network.orchestrator(orchestrator);
        BigInteger reward = after.delegatedStake().subtract(units(500));
        assertThat(reward).isPositive();
        assertThat(after.lastRewardRound()).isEqualTo(now.number());
        List<RoundEarnings> history = network.history(orchestrator, 3);
        assertThat(history.get(0))
                .isEqualTo(
                        new RoundEarnings(
                                now.number(),
                                true,
                                units(500),
                                true,
                                reward,
                                BigInteger.ZERO,
                                BigInteger.valueOf(100_000),
                                BigInteger.valueOf(50_000)));
        assertThat(history.get(1).isRewarded()).as("it was not bonded yet").isFalse();
        assertThat(history.get(1).isInitialized()).isTrue();
        assertThat(network.earnings(orchestrator, now.number()).cumulativeRewardFactor())
                .isGreaterThan(BigInteger.TEN.pow(27));

        Delegator self = network.delegator(orchestrator);
        assertThat(self.delegate()).isEqualTo(orchestrator);
        assertThat(self.bonded()).isEqualTo(units(500));
        assertThat(self.pendingStake())
                .isGreaterThan(units(500))
                .isEqualTo(
                        number(
                                BONDING,
                                "pendingStake(address,uint256)",
                                orchestrator.lower(),
                                now.number()));
        assertThat(self.pendingFees()).isZero();
        assertThat(self.status()).isEqualTo(Delegator.Status.BONDED);

        assertThat(network.locks(orchestrator)).isEmpty();
        orders(BONDING, "unbond(uint256)", units(1));
        orders(BONDING, "unbond(uint256)", units(2));
        orders(BONDING, "rebond(uint256)", 0);
        BigInteger free = now.number().add(BigInteger.valueOf(7));
        assertThat(network.locks(orchestrator))
                .containsExactly(new Delegator.UnbondingLock(1, units(2), free));
    }

    @Test
    void somebodyWhoHasNothing() throws Exception {
        EthAddress nobody = EthAddress.parse("0x" + "0d".repeat(20));

        assertThat(network.delegator(nobody).status()).isEqualTo(Delegator.Status.UNBONDED);
        assertThat(network.orchestrator(nobody).isRegistered()).isFalse();
        assertThat(network.orchestrator(nobody).serviceUri()).isEmpty();
        assertThat(network.tokens(nobody)).isZero();
        assertThat(network.wei(nobody)).isZero();
        assertThat(network.wei(orchestrator)).isPositive();
        assertThat(network.history(nobody, 2)).noneMatch(RoundEarnings::isRewarded);
    }
}
