package org.livepeer.flink.connectors.ethereum.chain;

import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * Where the reading of the chain stands.
 *
 * @param next number of the next block
 * @param recent the last blocks that were read, oldest first
 */
record BlockSplit(long next, List<Known> recent) implements SourceSplit {
    /** Blocks by whose hashes a reorganisation is found out. */
    static final int RECENT = 256;

    static final String ID = "chain";

    /**
     * A block that was read.
     *
     * @param hash 32 bytes
     */
    record Known(long number, byte[] hash) {}

    BlockSplit {
        recent = List.copyOf(recent);
    }

    @Override
    public String splitId() {
        return ID;
    }
}
