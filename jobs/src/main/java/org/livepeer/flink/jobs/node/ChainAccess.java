package org.livepeer.flink.jobs.node;

import java.math.BigInteger;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.payment.TicketSettings;
import org.livepeer.flink.connectors.ethereum.chain.ChainOptions;
import org.livepeer.flink.connectors.ethereum.keys.AccountKey;
import org.livepeer.flink.connectors.ethereum.keys.KeyStore;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.Recipient;

/**
 * A node's place on the chain.
 *
 * @param chain which chain
 * @param keystore file or folder of the node's key
 * @param account which key of it; null when there is only one
 * @param passphrase file
 * @param recipient whom tickets pay; null for the node's account
 * @param terms what tickets must be worth
 * @param autoAdjustPrice whether what redeeming costs is put on the price
 * @param maxOverdraft wei that a paying account may go below zero; empty for ten seconds' fee
 * @param settling what the node's account sends
 * @param priceFeed the network's aggregator of rates where no other is named, 0x and 40 hex digits;
 *     empty when it has none
 */
public record ChainAccess(
        ChainOptions chain,
        Path keystore,
        @Nullable EthAddress account,
        Path passphrase,
        @Nullable EthAddress recipient,
        Recipient.Terms terms,
        boolean autoAdjustPrice,
        String maxOverdraft,
        Settling settling,
        String priceFeed) {
    /**
     * What the node's account sends.
     *
     * @param settles whether it redeems tickets and carries out orders
     * @param rewards whether it calls reward in each round
     * @param initializesRounds whether it does that when nobody has
     * @param maxGasPrice wei of a unit of gas; 0 for no limit
     */
    public record Settling(
            boolean settles, boolean rewards, boolean initializesRounds, BigInteger maxGasPrice) {}

    public ChainAccess {
        if (terms.expectedValue().compareTo(BigInteger.ZERO) <= 0) {
            throw new IllegalArgumentException("-ticketEV must be above 0");
        }
    }

    /** How edges are paid; opens the key. */
    TicketSettings tickets() {
        AccountKey key = key();
        return new TicketSettings(
                key,
                recipient == null ? key.address() : recipient,
                terms,
                autoAdjustPrice,
                TicketSettings.STALE_AFTER);
    }

    /**
     * Opens the key and reads the addresses of nodes, before anything is started with them.
     *
     * @throws IllegalArgumentException or {@link IllegalStateException} saying which flag is of no
     *     use
     */
    void check() {
        key();
        EthRpc.of(chain.urls());
    }

    /** The node's key. */
    AccountKey key() {
        return KeyStore.open(keystore, account, passphrase);
    }

    /** The node's account, 0x and hex digits in lower case. */
    String accountAddress() {
        return account == null ? key().address().lower() : account.lower();
    }

    /** Whom tickets pay, 0x and hex digits. */
    String recipientAddress() {
        return String.valueOf(recipient == null ? key().address() : recipient);
    }
}
