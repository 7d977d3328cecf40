package org.livepeer.flink.connectors.ethereum.keys;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.settlement.TransactionSigner;
import org.livepeer.flink.operators.ticket.EthAddress;

/** Signs with a key in this process' memory. */
public final class KeySigner implements TransactionSigner {
    private final AccountKey key;

    public KeySigner(AccountKey key) {
        this.key = key;
    }

    /**
     * Opens a keystore where the job runs; see {@link KeyStore#open}.
     *
     * @param keystore file or folder
     * @param account 0x and 40 hex digits; null when there is only one
     * @param passphrase file
     */
    public record Factory(String keystore, @Nullable String account, String passphrase)
            implements TransactionSigner.Factory {
        @Override
        public TransactionSigner open() {
            EthAddress which = account == null ? null : EthAddress.parse(account);
            return new KeySigner(KeyStore.open(Path.of(keystore), which, Path.of(passphrase)));
        }
    }

    @Override
    public EthAddress account() {
        return key.address();
    }

    @Override
    public byte[] sign(Unsigned transaction) {
        return Transactions.signed(transaction, key.signDigest(Transactions.digest(transaction)));
    }
}
