package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.settle.Head;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.network.Delegator;
import org.livepeer.flink.operators.network.EarningsPool;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.network.Orchestrator;
import org.livepeer.flink.operators.network.Parameters;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * {@link NetworkState} by a node's JSON-RPC, in a few requests for each question: the newest block
 * and the contracts' addresses, then all else as of that block.
 */
public final class RpcNetworkState implements NetworkState {
    private static final String BONDING = "BondingManager";
    private static final String ROUNDS = "RoundsManager";
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final EthRpc rpc;
    private final EthAddress controller;

    /**
     * @param controller of the network
     */
    public RpcNetworkState(EthRpc rpc, EthAddress controller) {
        this.rpc = rpc;
        this.controller = controller;
    }

    /**
     * Opens one, without asking a node.
     *
     * @param ethUrl {@code URL[,URL]} of nodes, or a file with that
     * @param controller of the network, 0x and 40 hex digits
     */
    public static RpcNetworkState of(String ethUrl, String controller) {
        return new RpcNetworkState(EthRpc.of(EthRpc.urls(ethUrl)), EthAddress.parse(controller));
    }

    /** What is asked in a look. */
    private interface Asking<T> {
        T in(Look look) throws IOException;
    }

    /** A node whose answers are of no use is left for the next one. */
    private <T> T look(Asking<T> asking) throws IOException {
        try {
            return asking.in(Look.at(rpc, controller, PATIENCE));
        } catch (IOException e) {
            rpc.leave();
            throw e;
        } catch (ArithmeticException e) {
            rpc.leave();
            throw new IOException("a node gives a number that cannot be: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, EthAddress> contracts() throws IOException {
        return look(
                look -> {
                    Map<String, EthAddress> all = new TreeMap<>(look.addresses().all());
                    all.put("Controller", controller);
                    return all;
                });
    }

    @Override
    public Round round() throws IOException {
        return look(RpcNetworkState::round);
    }

    static Round round(Look look) throws IOException {
        EthAddress rounds = look.contract(ROUNDS);
        Questions all = look.questions();
        Asked number = all.view(rounds, "currentRound()");
        Asked initialized = all.view(rounds, "currentRoundInitialized()");
        Asked last = all.view(rounds, "lastInitializedRound()");
        Asked locked = all.view(rounds, "currentRoundLocked()");
        Asked start = all.view(rounds, "currentRoundStartBlock()");
        Asked length = all.view(rounds, "roundLength()");
        all.send();
        Head head = look.head();
        return new Round(
                number.number(0),
                initialized.isTrue(),
                last.number(0),
                locked.isTrue(),
                start.number(0).longValueExact(),
                length.number(0).longValueExact(),
                head.number(),
                head.l1Number(),
                head.timeMs());
    }

    @Override
    public Parameters parameters() throws IOException {
        return look(ParameterQuestions::ask);
    }

    @Override
    public Orchestrator orchestrator(EthAddress address) throws IOException {
        return look(
                look -> {
                    Questions questions = look.questions();
                    OrchestratorQuestions asked =
                            new OrchestratorQuestions(look, questions, address);
                    questions.send();
                    return asked.answer();
                });
    }

    @Override
    public List<Orchestrator> pool() throws IOException {
        return look(RpcNetworkState::pool);
    }

    /** Along the contract's list, each with what follows it. */
    private static List<Orchestrator> pool(Look look) throws IOException {
        EthAddress bonding = look.contract(BONDING);
        Questions first = look.questions();
        Asked head = first.view(bonding, "getFirstTranscoderInPool()");
        first.send();
        List<Orchestrator> all = new ArrayList<>();
        Set<EthAddress> seen = new HashSet<>();
        EthAddress at = head.address(0);
        while (!at.isZero()) {
            look.checkTime();
            if (!seen.add(at)) {
                throw new IOException("a node lists " + at + " twice among the orchestrators");
            }
            Questions questions = look.questions();
            OrchestratorQuestions asked = new OrchestratorQuestions(look, questions, at);
            Asked next = questions.view(bonding, "getNextTranscoderInPool(address)", at);
            questions.send();
            all.add(asked.answer());
            at = next.address(0);
        }
        return all;
    }

    @Override
    public Delegator delegator(EthAddress address) throws IOException {
        return look(look -> DelegatorQuestions.ask(look, address));
    }

    @Override
    public List<Delegator.UnbondingLock> locks(EthAddress delegator) throws IOException {
        return look(look -> DelegatorQuestions.locks(look, delegator));
    }

    @Override
    public EarningsPool earnings(EthAddress orchestrator, BigInteger round) throws IOException {
        return look(
                look -> {
                    Questions questions = look.questions();
                    Asked asked = earnings(look, questions, orchestrator, round);
                    questions.send();
                    return earnings(asked);
                });
    }

    static Asked earnings(
            Look look, Questions questions, EthAddress orchestrator, BigInteger round) {
        return questions.view(
                look.contract(BONDING),
                "getTranscoderEarningsPoolForRound(address,uint256)",
                orchestrator,
                round);
    }

    static EarningsPool earnings(Asked asked) throws IOException {
        return new EarningsPool(
                asked.number(0),
                asked.number(1),
                asked.number(2),
                asked.number(3),
                asked.number(4));
    }

    @Override
    public List<RoundEarnings> history(EthAddress orchestrator, int rounds) throws IOException {
        return look(look -> new RoundHistory(look, orchestrator).last(rounds));
    }

    @Override
    public BigInteger tokens(EthAddress owner) throws IOException {
        return number("LivepeerToken", "balanceOf(address)", owner);
    }

    @Override
    public BigInteger unlockPeriod() throws IOException {
        return number("TicketBroker", "unlockPeriod()");
    }

    private BigInteger number(String contract, String signature, Object... arguments)
            throws IOException {
        return look(
                look -> {
                    Questions questions = look.questions();
                    Asked asked = questions.view(look.contract(contract), signature, arguments);
                    questions.send();
                    return asked.number(0);
                });
    }

    @Override
    public BigInteger wei(EthAddress owner) throws IOException {
        Questions questions = new Questions(rpc, "latest");
        Asked balance = questions.ask("eth_getBalance", owner.lower(), "latest");
        questions.send();
        return balance.quantity();
    }

    /** Never shows the addresses of nodes. */
    @Override
    public String toString() {
        return "RpcNetworkState[controller=" + controller + "]";
    }
}
