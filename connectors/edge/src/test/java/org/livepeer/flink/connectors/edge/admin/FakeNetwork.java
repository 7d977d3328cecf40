package org.livepeer.flink.connectors.edge.admin;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.Delegator.UnbondingLock;
import org.livepeer.flink.operators.network.EarningsPool;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;

/** A chain of which a test says what it is like. */
final class FakeNetwork implements NetworkState {
    static final BigInteger NEVER = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    private static final EthAddress DELEGATE =
            EthAddress.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

    /** Why the chain does not say; null when it does. */
    @Nullable IOException fault;

    String serviceUri = "https://a.example:8935/?a=1&b=<2>";
    boolean knowsPending = true;
    final List<EthAddress> pool = new ArrayList<>();
    final List<UnbondingLock> locks = new ArrayList<>();

    private void ask() throws IOException {
        if (fault != null) {
            throw fault;
        }
    }

    private static BigInteger number(long number) {
        return BigInteger.valueOf(number);
    }

    private static BigInteger units(long number) {
        return number(number).multiply(BigInteger.TEN.pow(18));
    }

    @Override
    public Map<String, EthAddress> contracts() throws IOException {
        ask();
        return Map.of(
                "Controller", EthAddress.parse("0x" + "Cc".repeat(20)),
                "TicketBroker", EthAddress.parse("0x" + "Bb".repeat(20)),
                "LivepeerGovernor", DELEGATE);
    }

    @Override
    public Round round() throws IOException {
        ask();
        return new Round(number(12), false, number(11), true, 600, 60, 655, 655, 1);
    }

    @Override
    public Parameters parameters() throws IOException {
        ask();
        return new Parameters(
                number(100),
                number(5_760),
                number(100_000),
                number(7),
                number(137),
                number(3),
                number(500_000_000),
                units(12_000_000),
                units(28_000_000),
                false,
                number(2),
                number(2),
                units(5_000),
                null,
                null);
    }

    @Override
    public Orchestrator orchestrator(EthAddress address) throws IOException {
        ask();
        return new Orchestrator(
                address,
                serviceUri,
                units(623_456),
                number(11),
                number(100_000),
                number(50_000),
                number(3),
                NEVER,
                number(12),
                true,
                true,
                null);
    }

    @Override
    public List<Orchestrator> pool() throws IOException {
        ask();
        List<Orchestrator> all = new ArrayList<>();
        for (EthAddress each : pool) {
            all.add(orchestrator(each));
        }
        return all;
    }

    @Override
    public Delegator delegator(EthAddress address) throws IOException {
        ask();
        return new Delegator(
                address,
                units(500),
                BigInteger.ZERO,
                DELEGATE,
                units(623_456),
                number(3),
                number(2),
                number(4),
                knowsPending ? units(501) : null,
                knowsPending ? number(7) : null,
                Delegator.Status.BONDED);
    }

    @Override
    public List<UnbondingLock> locks(EthAddress delegator) throws IOException {
        ask();
        return locks;
    }

    @Override
    public EarningsPool earnings(EthAddress orchestrator, BigInteger round) throws IOException {
        ask();
        return new EarningsPool(round, number(100_000), number(50_000), NEVER, number(0));
    }

    @Override
    public List<RoundEarnings> history(EthAddress orchestrator, int rounds) {
        throw new UnsupportedOperationException("no route asks for it");
    }

    @Override
    public BigInteger tokens(EthAddress owner) throws IOException {
        ask();
        return units(7);
    }

    @Override
    public BigInteger wei(EthAddress owner) throws IOException {
        ask();
        return units(9);
    }

    @Override
    public BigInteger unlockPeriod() throws IOException {
        ask();
        return number(2);
    }
}
