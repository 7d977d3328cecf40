package org.livepeer.flink.connectors.ethereum.keys;

import org.livepeer.flink.operators.ticket.Curves;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.EthSignatures;
import org.livepeer.flink.operators.ticket.MessageSigner;

/** A key in this process' memory. Never shows itself. */
public final class AccountKey implements MessageSigner {
    private final byte[] key;
    private final EthAddress address;

    /**
     * @param key 32 bytes
     */
    public AccountKey(byte[] key) {
        this.key = key.clone();
        this.address = Curves.best().address(key);
    }

    @Override
    public EthAddress address() {
        return address;
    }

    @Override
    public byte[] sign(byte[] message) {
        return new EthSignatures(Curves.best()).sign(message, key);
    }

    /**
     * Signs what a transaction is hashed to.
     *
     * @return 65 bytes: r, s, recovery 0 or 1
     */
    byte[] signDigest(byte[] digest) {
        return Curves.best().sign(digest, key);
    }

    @Override
    public String toString() {
        return "AccountKey[" + address + "]";
    }
}
