package org.livepeer.flink.connectors.ethereum.network;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.settle.Addresses;
import org.livepeer.flink.connectors.ethereum.settle.Head;
import org.livepeer.flink.connectors.ethereum.settle.Questions;
import org.livepeer.flink.operators.ticket.EthAddress;

/** One look at the chain: its newest block, where the contracts are, and questions about both. */
final class Look {
    /** Contracts that are asked for and need not be there. */
    static final List<String> OTHERS = List.of("Minter", "LivepeerTokenFaucet", "LivepeerGovernor");

    private final EthRpc rpc;
    private final Head head;
    private final Addresses addresses;
    private final long chainId;
    private final long endNanos;

    private Look(EthRpc rpc, Head head, Addresses addresses, long chainId, long endNanos) {
        this.rpc = rpc;
        this.head = head;
        this.addresses = addresses;
        this.chainId = chainId;
        this.endNanos = endNanos;
    }

    /**
     * Asks the Controller and for the newest block.
     *
     * @param patience for all that is asked in this look
     */
    static Look at(EthRpc rpc, EthAddress controller, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        Questions first = new Questions(rpc, "latest");
        Questions.Asked chainId = first.ask("eth_chainId");
        Questions.Asked block = first.ask("eth_getBlockByNumber", "latest", false);
        Addresses addresses = new Addresses(controller, OTHERS);
        Addresses.Said said = addresses.ask(first);
        first.send();
        said.take();
        return new Look(
                rpc,
                Head.read(block.result()),
                addresses,
                chainId.quantity().longValueExact(),
                end);
    }

    EthRpc rpc() {
        return rpc;
    }

    Head head() {
        return head;
    }

    Addresses addresses() {
        return addresses;
    }

    EthAddress contract(String name) {
        return addresses.of(name);
    }

    long chainId() {
        return chainId;
    }

    /** Questions about the chain as of that block. */
    Questions questions() {
        return new Questions(rpc, head.tag());
    }

    /**
     * Called before each step of many.
     *
     * @throws IOException when they have taken too long
     */
    void checkTime() throws IOException {
        if (System.nanoTime() - endNanos > 0) {
            throw new IOException("the node is too slow for this question: give another -ethUrl");
        }
    }
}
