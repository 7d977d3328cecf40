package org.livepeer.flink.connectors.ethereum.settle;

import java.io.IOException;
import java.math.BigInteger;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.connectors.ethereum.settle.Questions.Asked;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.settlement.SettlementChain.Standing;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.slf4j.LoggerFactory;

/** What makes up a {@link Standing}. */
final class StandingQuestions {
    private static final Repeats REPEATS =
            new Repeats(LoggerFactory.getLogger(StandingQuestions.class));

    private final Head head;
    private final Asked paused;
    private final Asked round;
    private final Asked initialized;
    private final Asked startBlock;
    private final Asked length;
    private final Asked validity;
    private final Asked transcoder;
    private final Asked nonce;
    private final Asked settledNonce;
    private final Asked balance;

    StandingQuestions(
            Questions questions,
            Addresses addresses,
            Head head,
            EthAddress account,
            EthAddress recipient,
            int confirmations) {
        this.head = head;
        EthAddress rounds = addresses.of("RoundsManager");
        paused = questions.view(addresses.controller(), "paused()");
        round = questions.view(rounds, "currentRound()");
        initialized = questions.view(rounds, "currentRoundInitialized()");
        startBlock = questions.view(rounds, "currentRoundStartBlock()");
        length = questions.view(rounds, "roundLength()");
        validity = questions.view(addresses.of("TicketBroker"), "ticketValidityPeriod()");
        transcoder =
                questions.view(addresses.of("BondingManager"), "getTranscoder(address)", recipient);
        String count = "eth_getTransactionCount";
        nonce = questions.ask(count, account.lower(), head.tag());
        settledNonce = questions.ask(count, account.lower(), head.tagBefore(confirmations));
        balance = questions.ask("eth_getBalance", account.lower(), head.tag());
    }

    /** A node that has no state of so old a block leaves it at what was known before. */
    private long settledNonce(long before) throws IOException {
        RpcException refusal = settledNonce.refusal();
        if (refusal == null) {
            return settledNonce.quantity().longValueExact();
        }
        REPEATS.warn(
                "a node cannot say what is confirmed, it needs the state of older blocks cause={}",
                refusal.getMessage());
        return Math.min(before, nonce.quantity().longValueExact());
    }

    /**
     * The standing.
     *
     * @param settledBefore what the settled nonce was before
     */
    Standing standing(long chainId, BigInteger gasPrice, long settledBefore) throws IOException {
        return new Standing(
                chainId,
                head.number(),
                head.timeMs(),
                head.l1Number(),
                head.baseFee(),
                gasPrice,
                head.mostGas(),
                paused.isTrue(),
                round.bounded(0),
                initialized.isTrue(),
                startBlock.bounded(0) + length.bounded(0) - head.l1Number(),
                validity.bounded(0),
                transcoder.bounded(4),
                transcoder.bounded(5),
                transcoder.bounded(0),
                nonce.quantity().longValueExact(),
                settledNonce(settledBefore),
                balance.quantity());
    }
}
