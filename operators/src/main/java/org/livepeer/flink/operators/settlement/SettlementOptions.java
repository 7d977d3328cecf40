package org.livepeer.flink.operators.settlement;

import java.io.Serializable;
import java.math.BigInteger;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * What settlement is told.
 *
 * @param recipient whom tickets pay, 20 bytes
 * @param confirmations blocks behind the newest one that nothing drops any more
 * @param maxGasPrice wei of a unit of gas above which nothing is sent; 0 for no limit
 * @param replaceAfterMs after which a transaction that is in no block is signed again for more gas
 * @param maxBatch tickets in one transaction
 * @param reward whether the recipient's reward is called in each round
 * @param initializeRound whether rounds that nobody has initialized are
 * @param lookEveryMs between two looks at the chain
 */
public record SettlementOptions(
        byte[] recipient,
        int confirmations,
        BigInteger maxGasPrice,
        long replaceAfterMs,
        int maxBatch,
        boolean reward,
        boolean initializeRound,
        long lookEveryMs)
        implements Serializable {
    /** More than the deepest reorganization that was ever seen of Arbitrum, and of test chains. */
    public static final int CONFIRMATIONS = 12;

    public SettlementOptions {
        if (confirmations < 1 || maxBatch < 1 || lookEveryMs < 1 || replaceAfterMs < 1) {
            throw new IllegalArgumentException(
                    "confirmations, maxBatch, lookEveryMs and replaceAfterMs must be above 0");
        }
    }

    EthAddress recipientAddress() {
        return EthAddress.of(recipient);
    }
}
