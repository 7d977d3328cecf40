package org.livepeer.flink.connectors.edge.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.SenderEntry;

/**
 * What go-livepeer's routes ask of the chain and an edge knows anyway; in its words when nothing is
 * known yet.
 */
final class ChainFacts {
    private static final String NOTHING =
            "{\"Deposit\":0,\"WithdrawRound\":0,"
                    + "\"Reserve\":{\"FundsRemaining\":0,\"ClaimedInCurrentRound\":0}}";

    private ChainFacts() {}

    /** In decimal digits. */
    static String chainId(OnChain chain) {
        try {
            return Long.toString(chain.head().getChainId());
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "Error getting eth network ID err="
                            + ChainField.quoted(String.valueOf(e.getMessage())),
                    e);
        }
    }

    /** Number of the newest block that was read, big-endian and no longer than it must be. */
    static byte[] block(OnChain chain) {
        try {
            return Bytes.of(Bytes.of(BigInteger.valueOf(chain.head().getBlock())));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "could not query last seen block: " + e.getMessage(), e);
        }
    }

    /** What the account has at the broker contract, as JSON. */
    static String sender(OnChain chain) {
        try {
            long round = chain.head().getRound();
            return chain.funds().map(entry -> funds(entry, round)).orElse(NOTHING);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("could not query sender info: " + e.getMessage(), e);
        }
    }

    private static String funds(SenderEntry entry, long round) {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("Deposit", Bytes.number(entry.getDeposit()));
        info.put("WithdrawRound", entry.getWithdrawRound());
        info.putObject("Reserve")
                .put("FundsRemaining", Bytes.number(entry.getReserve()))
                .put(
                        "ClaimedInCurrentRound",
                        entry.getClaimRound() == round
                                ? Bytes.number(entry.getClaimed())
                                : BigInteger.ZERO);
        return info.toString();
    }
}
