package org.livepeer.flink.connectors.ethereum.keys;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.ticket.Curves;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.web3j.crypto.Sign;
import org.web3j.crypto.SignedRawTransaction;
import org.web3j.crypto.TransactionDecoder;

/**
 * Has somebody else sign who holds the key, by JSON-RPC's {@code eth_signTransaction}. What comes
 * back is used only if it is what was asked for, to the byte, signed by the account.
 */
public final class RemoteSigner implements TransactionSigner {
    private static final int FIRST_V = 27;
    private static final int WORD = 32;

    private final EthRpc rpc;
    private final EthAddress account;

    public RemoteSigner(EthRpc rpc, EthAddress account) {
        this.rpc = rpc;
        this.account = account;
    }

    /**
     * Opens one where the job runs.
     *
     * @param url {@code URL[,URL]} of signers, or a file with that
     * @param account 0x and 40 hex digits
     */
    public record Factory(String url, String account) implements TransactionSigner.Factory {
        public Factory {
            EthAddress.parse(account);
        }

        @Override
        public TransactionSigner open() {
            return new RemoteSigner(EthRpc.of(EthRpc.urls(url)), EthAddress.parse(account));
        }

        /** Never shows the signer's address. */
        @Override
        public String toString() {
            return "Factory[account=" + account + "]";
        }
    }

    @Override
    public EthAddress account() {
        return account;
    }

    @Override
    public byte[] sign(Unsigned transaction) throws IOException {
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("type", "0x2");
        asked.put("chainId", EthRpc.hex(transaction.chainId()));
        asked.put("from", account.lower());
        asked.put("to", transaction.to().lower());
        asked.put("nonce", EthRpc.hex(transaction.nonce()));
        asked.put("gas", EthRpc.hex(transaction.gas()));
        asked.put("maxFeePerGas", hex(transaction.maxFeePerGas()));
        asked.put("maxPriorityFeePerGas", hex(transaction.maxPriorityFeePerGas()));
        asked.put("value", hex(transaction.wei()));
        asked.put("data", EthRpc.hex(transaction.data()));
        byte[] signed;
        try {
            JsonNode said = rpc.call("eth_signTransaction", asked);
            signed = EthRpc.bytes(said.isObject() ? said.path("raw") : said);
        } catch (RpcException e) {
            throw new IOException("the signer did not sign: " + e.getMessage(), e);
        }
        check(transaction, signed);
        return signed;
    }

    private static String hex(BigInteger number) {
        return "0x" + number.toString(16);
    }

    private void check(Unsigned asked, byte[] signed) throws IOException {
        byte[] signature;
        try {
            signature = signature(signed);
        } catch (RuntimeException e) {
            throw new IOException("the signer gave no transaction", e);
        }
        if (!Arrays.equals(Transactions.signed(asked, signature), signed)) {
            throw new IOException("the signer signed another transaction than it was asked to");
        }
        boolean isOurs =
                Curves.best()
                        .recover(
                                Transactions.digest(asked),
                                Arrays.copyOf(signature, 2 * WORD),
                                signature[2 * WORD])
                        .filter(account::equals)
                        .isPresent();
        if (!isOurs) {
            throw new IOException("the signer signed with another key than that of " + account);
        }
    }

    /** r, s, recovery. */
    private static byte[] signature(byte[] signed) {
        if (!(TransactionDecoder.decode(EthRpc.hex(signed))
                instanceof SignedRawTransaction transaction)) {
            throw new IllegalArgumentException("not signed");
        }
        Sign.SignatureData data = transaction.getSignatureData();
        byte[] signature = Arrays.copyOf(data.getR(), 2 * WORD + 1);
        System.arraycopy(data.getS(), 0, signature, WORD, WORD);
        signature[2 * WORD] = (byte) (data.getV()[0] - FIRST_V);
        return signature;
    }
}
