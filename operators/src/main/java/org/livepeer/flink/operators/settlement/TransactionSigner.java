package org.livepeer.flink.operators.settlement;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Signs an account's transactions; the key is wherever the adapter has it. */
public interface TransactionSigner {
    /** Opens one where the job runs. */
    @FunctionalInterface
    interface Factory extends Serializable {
        TransactionSigner open();
    }

    /**
     * A transaction of EIP-1559.
     *
     * @param gas most gas
     * @param maxFeePerGas wei
     * @param maxPriorityFeePerGas wei, of the above
     * @param wei sent with it
     */
    record Unsigned(
            long chainId,
            long nonce,
            long gas,
            BigInteger maxFeePerGas,
            BigInteger maxPriorityFeePerGas,
            EthAddress to,
            BigInteger wei,
            byte[] data) {}

    /** The account. */
    EthAddress account();

    /**
     * The transaction as a node takes it.
     *
     * @throws IOException when the key cannot be used now
     */
    byte[] sign(Unsigned transaction) throws IOException;
}
