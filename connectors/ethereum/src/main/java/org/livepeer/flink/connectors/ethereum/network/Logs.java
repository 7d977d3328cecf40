package org.livepeer.flink.connectors.ethereum.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.livepeer.flink.connectors.ethereum.rpc.BlockHeader;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.LogEntry;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;

/** Events of some contracts up to a look's block, in ranges that the node takes. */
final class Logs {
    private static final long FIRST_RANGE = 50_000;
    private static final long LARGEST_RANGE = 500_000;

    private final Look look;
    private final List<String> contracts;
    private final List<String> events;

    /**
     * @param contracts 0x and 40 digits each
     * @param events first topics, 0x and 64 digits each
     */
    Logs(Look look, List<String> contracts, List<String> events) {
        this.look = look;
        this.contracts = contracts;
        this.events = events;
    }

    /** All since an L1 block, in their order. */
    List<LogEntry> since(long l1Block) throws IOException {
        try {
            return ranges(firstBlock(l1Block));
        } catch (RpcException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<LogEntry> ranges(long first) throws IOException, RpcException {
        List<LogEntry> all = new ArrayList<>();
        long range = FIRST_RANGE;
        long from = first;
        while (from <= look.head().number()) {
            look.checkTime();
            long to = Math.min(look.head().number(), from + range - 1);
            try {
                for (JsonNode each :
                        look.rpc()
                                .call(
                                        "eth_getLogs",
                                        Map.of(
                                                "fromBlock",
                                                EthRpc.hex(from),
                                                "toBlock",
                                                EthRpc.hex(to),
                                                "address",
                                                contracts,
                                                "topics",
                                                List.of(events)))) {
                    all.add(LogEntry.read(each));
                }
            } catch (RpcException e) {
                if (!e.isAnswer() || to == from) {
                    throw e;
                }
                range = Math.max(1, (to - from + 1) / 2);
                continue;
            }
            from = to + 1;
            range = Math.min(LARGEST_RANGE, 2 * range);
        }
        all.sort(Comparator.comparingLong(LogEntry::block).thenComparingInt(LogEntry::index));
        return all;
    }

    /** The first block that is of that L1 block or a later one. */
    private long firstBlock(long l1Block) throws IOException, RpcException {
        if (look.head().l1Number() == look.head().number()) {
            return l1Block;
        }
        long low = 0;
        long high = look.head().number();
        while (low < high) {
            look.checkTime();
            long middle = low + (high - low) / 2;
            Optional<BlockHeader> header = look.rpc().header(middle);
            if (header.isEmpty()) {
                throw new IOException(
                        "the node has no block " + middle + ": give one with all of the chain");
            }
            if (header.get().l1Number() < l1Block) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
