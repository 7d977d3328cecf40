package org.livepeer.flink.connectors.ethereum.chain;

import java.io.Serializable;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;

/**
 * Which chain, and from where on.
 *
 * @param ethUrl {@code URL[,URL]} of nodes, or a file with that: what stands in an address may be a
 *     secret
 * @param controller of the network, 0x and 40 hex digits
 * @param fromBlock first block that is read; no later than the first that a contract logged in
 * @param pollMs pause between questions for a new block
 */
public record ChainOptions(String ethUrl, String controller, long fromBlock, long pollMs)
        implements Serializable {
    public ChainOptions {
        if (!controller.matches("0x[0-9a-fA-F]{40}")) {
            throw new IllegalArgumentException(
                    "-ethController '" + controller + "' must be 0x and 40 hex digits");
        }
        if (fromBlock < 0 || pollMs < 1) {
            throw new IllegalArgumentException("-fromBlock must be 0 or more");
        }
    }

    /** The addresses themselves. */
    public String urls() {
        return EthRpc.urls(ethUrl);
    }

    /** Never shows the addresses. */
    @Override
    public String toString() {
        return "ChainOptions[controller=" + controller + "]";
    }
}
