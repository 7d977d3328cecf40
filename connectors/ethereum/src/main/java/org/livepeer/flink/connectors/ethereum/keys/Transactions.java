package org.livepeer.flink.connectors.ethereum.keys;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.settlement.TransactionSigner.Unsigned;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;

/** Transactions of EIP-1559 as bytes. */
final class Transactions {
    private static final int FIRST_V = 27;
    private static final int WORD = 32;

    private Transactions() {}

    private static RawTransaction raw(Unsigned transaction) {
        return RawTransaction.createTransaction(
                transaction.chainId(),
                BigInteger.valueOf(transaction.nonce()),
                BigInteger.valueOf(transaction.gas()),
                transaction.to().lower(),
                transaction.wei(),
                HexFormat.of().formatHex(transaction.data()),
                transaction.maxPriorityFeePerGas(),
                transaction.maxFeePerGas());
    }

    /** What is signed, 32 bytes. */
    static byte[] digest(Unsigned transaction) {
        return Keccak256.of(TransactionEncoder.encode(raw(transaction)));
    }

    /**
     * As a node takes it.
     *
     * @param signature 65 bytes: r, s, recovery 0 or 1
     */
    static byte[] signed(Unsigned transaction, byte[] signature) {
        Sign.SignatureData data =
                new Sign.SignatureData(
                        (byte) (FIRST_V + signature[2 * WORD]),
                        Arrays.copyOf(signature, WORD),
                        Arrays.copyOfRange(signature, WORD, 2 * WORD));
        return TransactionEncoder.encode(raw(transaction), data);
    }
}
