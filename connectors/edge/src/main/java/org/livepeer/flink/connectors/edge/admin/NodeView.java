package org.livepeer.flink.connectors.edge.admin;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.network.NetworkState;
import org.livepeer.flink.operators.price.Price;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.SenderEntry;
import org.livepeer.flink.schemas.WorkerHeartbeat;

/** What go-livepeer's admin routes show of an orchestrator and change about it. */
public interface NodeView {
    /** The workers of the deployment. */
    List<WorkerHeartbeat> workers();

    /** Sessions that live now. */
    long sessions();

    /** Most sessions at the same time. */
    long maxSessions();

    /** wei per pixel, by sender's address or {@code default}. */
    Map<String, Fraction> prices();

    /**
     * Orders a price for the whole deployment; it counts for pushes from a few seconds later on.
     *
     * @param sender its address in lower case, or {@code default}
     * @throws IllegalArgumentException when it cannot be converted to wei
     * @throws IllegalStateException when Kafka does not take the order, or the feed's rate is not
     *     known
     */
    void setPrice(String sender, Price price);

    /**
     * Orders from how many living sessions on gateways get no new one.
     *
     * @param most 0 for as many as the workers take
     * @throws IllegalStateException when Kafka does not take the order
     */
    void setMaxSessions(int most);

    /** The node's account on the chain; empty off chain. */
    default Optional<OnChain> onChain() {
        return Optional.empty();
    }

    /** An account whose orders the settlement job carries out. */
    interface OnChain {
        /** How long an order is waited for. */
        Duration PATIENCE = Duration.ofMinutes(3);

        /** 0x and 40 digits, with the capitals of EIP-55. */
        String account();

        /**
         * Has something sent to the chain and waits until it is confirmed.
         *
         * @param action of the settlement job
         * @return hash of the last transaction, 0x and 64 digits; empty when none was needed
         * @throws IllegalArgumentException when no such order can be, saying why
         * @throws IllegalStateException when it failed or has not ended in time, saying why
         */
        String order(String action, Map<String, String> arguments);

        /** The network's contracts, as a node of the chain tells them. */
        NetworkState network();

        /**
         * Signs a text (EIP-191).
         *
         * @return 65 bytes: r, s, and 27 or 28
         * @throws IllegalArgumentException when it may pay somebody, saying why
         * @throws IllegalStateException when this process has no key, saying why
         */
        byte[] sign(String text);

        /**
         * Signs typed data (EIP-712).
         *
         * @param json {@code types}, {@code primaryType}, {@code domain} and {@code message}
         * @return 65 bytes: r, s, and 27 or 28
         * @throws IllegalArgumentException when it is none, or may pay somebody, saying why
         * @throws IllegalStateException when this process has no key, saying why
         */
        byte[] signTyped(String json);

        /** wei of a unit of gas above which nothing is sent; 0 for no limit. */
        BigInteger maxGasPrice();

        /**
         * Where the chain stands.
         *
         * @throws IllegalStateException while that is not known
         */
        ChainHead head();

        /**
         * What the account has at the broker contract; empty when it never had anything.
         *
         * @throws IllegalStateException while that is not known
         */
        Optional<SenderEntry> funds();
    }
}
