package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.LogEntry;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.connectors.ethereum.settle.Words;
import org.livepeer.flink.operators.network.EarningsPool;
import org.livepeer.flink.operators.network.Round;
import org.livepeer.flink.operators.network.RoundEarnings;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * What an orchestrator's rounds brought: rewards and fees out of the contracts' events, stake and
 * shares out of the contract. A reward or fee belongs to the round that was begun last before it:
 * the contracts take neither in a round that was not.
 */
final class RoundHistory {
    /** {@code NewRound(uint256 indexed round, bytes32 blockHash)}. */
    private static final String NEW_ROUND =
            "0x22f2fc17c5daf07db2379b3a03a8ef20a183f761097a58fce219c8a14619e786";

    /** {@code Reward(address indexed transcoder, uint256 amount)}. */
    private static final String REWARD =
            "0x619caafabdd75649b302ba8419e48cccf64f37f1983ac4727cfb38b57703ffc9";

    /**
     * {@code WinningTicketTransfer(address indexed sender, address indexed recipient, uint256
     * amount)}.
     */
    private static final String TRANSFER =
            "0x8b87351a208c06e3ceee59d80725fd77a23b4129e1b51ca231fc89b40712649c";

    private final Look look;
    private final EthAddress orchestrator;
    private final Map<BigInteger, BigInteger> rewards = new HashMap<>();
    private final Map<BigInteger, BigInteger> fees = new HashMap<>();

    RoundHistory(Look look, EthAddress orchestrator) {
        this.look = look;
        this.orchestrator = orchestrator;
    }

    /** The last ones, the newest first; none from before the length of rounds was last changed. */
    List<RoundEarnings> last(int rounds) throws IOException {
        Round now = RpcNetworkState.round(look);
        Questions questions = look.questions();
        Asked lengthSince =
                questions.view(look.contract("RoundsManager"), "lastRoundLengthUpdateRound()");
        Asked info =
                questions.view(
                        look.contract("BondingManager"), "getTranscoder(address)", orchestrator);
        questions.send();
        BigInteger first =
                now.number()
                        .subtract(BigInteger.valueOf(rounds - 1L))
                        .max(lengthSince.number(0))
                        .max(BigInteger.ZERO);
        long back = now.number().subtract(first).longValueExact();
        read(Math.max(0, now.startBlock() - Math.multiplyExact(back, now.length())));
        return earnings(now, first, info);
    }

    private void read(long fromL1) throws IOException {
        List<String> contracts =
                List.of(
                        look.contract("RoundsManager").lower(),
                        look.contract("BondingManager").lower(),
                        look.contract("TicketBroker").lower());
        Logs logs = new Logs(look, contracts, List.of(NEW_ROUND, REWARD, TRANSFER));
        BigInteger round = null;
        for (LogEntry log : logs.since(fromL1)) {
            String event = log.topics().isEmpty() ? "" : EthRpc.hex(log.topics().get(0));
            if (event.equals(NEW_ROUND)) {
                round = new BigInteger(1, topic(log, 1));
                fees.putIfAbsent(round, BigInteger.ZERO);
            } else if (round != null && event.equals(REWARD) && isOurs(log, 1)) {
                rewards.merge(round, amount(log), BigInteger::add);
            } else if (round != null && event.equals(TRANSFER) && isOurs(log, 2)) {
                fees.merge(round, amount(log), BigInteger::add);
            }
        }
    }

    private boolean isOurs(LogEntry log, int index) throws IOException {
        return EthAddress.of(topic(log, index)).equals(orchestrator);
    }

    private static byte[] topic(LogEntry log, int index) throws IOException {
        if (log.topics().size() <= index) {
            throw new IOException("a node gives an event without what it is about");
        }
        return log.topics().get(index);
    }

    private static BigInteger amount(LogEntry log) throws IOException {
        try {
            return new Words(log.data()).number(0);
        } catch (IllegalArgumentException e) {
            throw new IOException("a node gives an event without its amount", e);
        }
    }

    /**
     * @param info what the contract says of the orchestrator now
     */
    private List<RoundEarnings> earnings(Round now, BigInteger first, Asked info)
            throws IOException {
        Questions questions = look.questions();
        Asked newest = RpcNetworkState.earnings(look, questions, orchestrator, info.number(3));
        Map<BigInteger, Asked> pools = new LinkedHashMap<>();
        BigInteger one = BigInteger.ONE;
        for (BigInteger r = now.number(); r.compareTo(first) >= 0; r = r.subtract(one)) {
            pools.put(r, RpcNetworkState.earnings(look, questions, orchestrator, r));
        }
        questions.send();
        List<RoundEarnings> all = new ArrayList<>();
        for (Map.Entry<BigInteger, Asked> each : pools.entrySet()) {
            BigInteger round = each.getKey();
            EarningsPool pool = RpcNetworkState.earnings(each.getValue());
            // Written down with the round's first reward or fees; until then those that would be.
            boolean isOpen =
                    round.equals(now.number())
                            && pool.rewardCut().signum() == 0
                            && pool.feeShare().signum() == 0;
            all.add(
                    new RoundEarnings(
                            round,
                            fees.containsKey(round),
                            stake(round, pool, info, newest),
                            rewards.containsKey(round),
                            rewards.getOrDefault(round, BigInteger.ZERO),
                            fees.getOrDefault(round, BigInteger.ZERO),
                            isOpen ? info.number(1) : pool.rewardCut(),
                            isOpen ? info.number(2) : pool.feeShare()));
        }
        return all;
    }

    /**
     * Stake is written down for a round when it changes before it, or with the first reward or fees
     * in it; until then it is what was written down last.
     */
    private static BigInteger stake(BigInteger round, EarningsPool pool, Asked info, Asked newest)
            throws IOException {
        boolean isCarried =
                pool.totalStake().signum() == 0
                        && info.number(3).compareTo(round) <= 0
                        && info.number(4).compareTo(round) <= 0
                        && info.number(5).compareTo(round) > 0;
        return isCarried ? newest.number(0) : pool.totalStake();
    }
}
