package org.livepeer.flink.connectors.edge.admin;

import com.linecorp.armeria.common.QueryParams;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;
import org.livepeer.flink.operators.network.Delegator.UnbondingLock;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * go-livepeer's routes that only read the chain, answered by a node of the chain when they are
 * asked ({@code server/handlers.go}).
 */
final class ChainReads {
    private static final Map<String, Read> READS = new LinkedHashMap<>();

    /** What Go's {@code strconv.ParseBool} takes for true. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    static {
        json(
                "orchestratorInfo",
                why -> "could not get transcoder",
                q ->
                        ChainJson.orchestratorInfo(
                                q.network().orchestrator(q.account()),
                                q.node().prices().get("default")));
        json("delegatorInfo", q -> ChainJson.delegator(q.network().delegator(q.account())));
        json("unbondingLocks", q -> ChainJson.locks(q.account(), locks(q)));
        json("orchestratorEarningPoolsForRound", ChainReads::earnings);
        json("registeredOrchestrators", q -> ChainJson.pool(q.network().pool()));
        json("protocolParameters", q -> ChainJson.parameters(q.network().parameters()));
        json("contractAddresses", q -> ChainJson.contracts(q.network().contracts()));
        json(
                "ticketBrokerParams",
                why -> "could not query TicketBroker unlockPeriod: " + why,
                q -> ChainJson.broker(q.network().unlockPeriod()));
        text(
                "currentRound",
                why -> "could not query current round: " + why,
                q -> q.network().round().number().toString());
        text(
                "roundInitialized",
                why -> "could not get initialized round: " + why,
                q -> Boolean.toString(q.network().round().isInitialized()));
        text("tokenBalance", why -> why, q -> q.network().tokens(q.account()).toString());
        text("ethBalance", why -> why, q -> q.network().wei(q.account()).toString());
        text("ethAddr", why -> why, q -> q.chain().account());
        text("maxGasPrice", why -> why, q -> orNothing(q.chain().maxGasPrice()));
        // The gas price that tickets are priced with has no lower bound here.
        text("minGasPrice", why -> why, q -> "0");
    }

    /** An answer, and whether it is JSON. */
    record Said(boolean isJson, String text) {}

    private record Query(QueryParams params, NodeView node, OnChain chain) {
        NetworkState network() {
            return chain.network();
        }

        EthAddress account() {
            return EthAddress.parse(chain.account());
        }
    }

    private interface Answer {
        String of(Query query) throws IOException;
    }

    private record Read(boolean isJson, UnaryOperator<String> failure, Answer answer) {}

    private ChainReads() {}

    private static void json(String route, Answer answer) {
        json(route, why -> why, answer);
    }

    private static void json(String route, UnaryOperator<String> failure, Answer answer) {
        READS.put(route, new Read(true, failure, answer));
    }

    private static void text(String route, UnaryOperator<String> failure, Answer answer) {
        READS.put(route, new Read(false, failure, answer));
    }

    static boolean has(String route) {
        return READS.containsKey(route);
    }

    /**
     * Answers a route.
     *
     * @throws IllegalArgumentException for a parameter that cannot be, with the answer's text
     * @throws IllegalStateException when the chain does not say, with the answer's text
     */
    static Said answer(String route, QueryParams params, NodeView node, OnChain chain) {
        Read read = READS.get(route);
        if (read == null) {
            throw new IllegalStateException(route + " reads nothing");
        }
        try {
            return new Said(read.isJson(), read.answer().of(new Query(params, node, chain)));
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    read.failure().apply(String.valueOf(e.getMessage())), e);
        }
    }

    /** Of all locks, or of those whose stake is free. */
    private static List<UnbondingLock> locks(Query query) throws IOException {
        List<UnbondingLock> all = query.network().locks(query.account());
        if (!TRUE.contains(query.params().get("withdrawable", ""))) {
            return all;
        }
        BigInteger round = query.network().round().number();
        return all.stream().filter(lock -> lock.withdrawRound().compareTo(round) <= 0).toList();
    }

    private static String earnings(Query query) throws IOException {
        String round = query.params().get("round", "");
        if (!round.matches("[0-9]{1,78}")) {
            throw new IllegalArgumentException("failed to parse big integer");
        }
        return ChainJson.earnings(query.network().earnings(query.account(), new BigInteger(round)));
    }

    private static String orNothing(BigInteger limit) {
        return limit.signum() == 0 ? "" : limit.toString();
    }
}
