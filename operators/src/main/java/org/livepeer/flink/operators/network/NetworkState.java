package org.livepeer.flink.operators.network;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * The network's contracts after the newest block, read from a node each time. Every method blocks,
 * no longer than a minute or two, and throws IOException when no node answers or the answers make
 * no sense, saying what to do. Thread-safe.
 */
public interface NetworkState {
    /** Addresses by name, of those that the network's Controller knows; the Controller's too. */
    Map<String, EthAddress> contracts() throws IOException;

    Round round() throws IOException;

    Parameters parameters() throws IOException;

    Orchestrator orchestrator(EthAddress address) throws IOException;

    /** Those that are in the set for the next round, the largest stake first. */
    List<Orchestrator> pool() throws IOException;

    Delegator delegator(EthAddress address) throws IOException;

    /** What a delegator has unbonded and not taken out yet, the oldest first. */
    List<Delegator.UnbondingLock> locks(EthAddress delegator) throws IOException;

    EarningsPool earnings(EthAddress orchestrator, BigInteger round) throws IOException;

    /**
     * An orchestrator's last rounds, the newest, which goes on, first.
     *
     * @param rounds how many, 1 or more
     */
    List<RoundEarnings> history(EthAddress orchestrator, int rounds) throws IOException;

    /** Smallest units of the token that somebody owns, bonded ones left out. */
    BigInteger tokens(EthAddress owner) throws IOException;

    /** wei that somebody owns. */
    BigInteger wei(EthAddress owner) throws IOException;

    /** Rounds until a gateway's funds are free. */
    BigInteger unlockPeriod() throws IOException;
}
