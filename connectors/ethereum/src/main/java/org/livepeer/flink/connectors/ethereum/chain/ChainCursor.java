package org.livepeer.flink.connectors.ethereum.chain;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.livepeer.flink.connectors.ethereum.chain.BlockSplit.Known;
import org.livepeer.flink.connectors.ethereum.rpc.Answer;
import org.livepeer.flink.connectors.ethereum.rpc.BlockHeader;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.LogEntry;
import org.livepeer.flink.connectors.ethereum.rpc.Question;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks along the chain. Far behind its end by ranges, of which only blocks with logs count; near
 * it block by block, each of which must be the child of the one before: if not, it goes back to
 * where the chain parted and on from there. For one thread.
 */
final class ChainCursor {
    private static final Logger LOG = LoggerFactory.getLogger(ChainCursor.class);
    private static final Repeats REPEATS = new Repeats(LOG);
    private static final int FIRST_RANGE = 2_000;
    private static final int LARGEST_RANGE = 50_000;

    /** A node whose newest block lies that far behind what was read lags. */
    private static final int LAGGING_BLOCKS = 8;

    private final EthRpc rpc;
    private final Contracts contracts;
    private final Deque<Known> recent = new ArrayDeque<>();
    private long next;
    private int range = FIRST_RANGE;

    /** 0 until the contracts were found on it. */
    private long chainId;

    private BigInteger gasPrice = BigInteger.ZERO;

    ChainCursor(EthRpc rpc, String controller, BlockSplit from) {
        this.rpc = rpc;
        this.contracts = new Contracts(rpc, controller);
        this.next = from.next();
        this.recent.addAll(from.recent());
    }

    /**
     * The next blocks; none when there is no newer one.
     *
     * @throws RpcException when no node answers, or one with nonsense; the same is tried again by
     *     the next call, with another node where there are several
     * @throws IllegalStateException when it is another chain or contract than it should be
     */
    List<ChainBlock> advance() throws RpcException {
        try {
            return upTo(head());
        } catch (RpcException | IllegalStateException e) {
            rpc.leave();
            throw e;
        }
    }

    /** Number of the newest block, of a node that is still of the same chain. */
    private long head() throws RpcException {
        List<Answer> said =
                rpc.batch(
                        List.of(
                                Question.of("eth_chainId"),
                                Question.of("eth_blockNumber"),
                                Question.of("eth_gasPrice")));
        long id = rpc.requireChain(chainId, said.get(0).result());
        if (chainId == 0) {
            contracts.resolve();
            chainId = id;
        }
        gasPrice = EthRpc.number(said.get(2).result());
        return EthRpc.count(said.get(1).result());
    }

    private List<ChainBlock> upTo(long head) throws RpcException {
        if (head - next > BlockSplit.RECENT) {
            return settled(head - BlockSplit.RECENT);
        }
        return head < next ? atTheEnd(head) : one();
    }

    /** Nothing new; but the newest block may be another one by now. */
    private List<ChainBlock> atTheEnd(long head) throws RpcException {
        Known last = recent.peekLast();
        if (last == null) {
            return List.of();
        }
        if (head < last.number() - LAGGING_BLOCKS) {
            REPEATS.warn("a node lags blocks={}", last.number() - head);
            rpc.leave();
            return List.of();
        }
        Optional<BlockHeader> same = rpc.header(Math.min(head, last.number()));
        if (same.isPresent() && !isKnown(same.get())) {
            stepBack();
            return one();
        }
        return List.of();
    }

    private boolean isKnown(BlockHeader header) {
        return recent.stream()
                .anyMatch(
                        k ->
                                k.number() == header.number()
                                        && Arrays.equals(k.hash(), header.hash()));
    }

    /** The next block; first back to where the chain parted, if it has. */
    private List<ChainBlock> one() throws RpcException {
        Optional<BlockHeader> found = rpc.header(next);
        while (found.isPresent() && !isChild(found.get())) {
            stepBack();
            found = rpc.header(next);
        }
        if (found.isEmpty()) {
            return List.of();
        }
        BlockHeader header = found.get();
        List<LogEntry> logs = rpc.logs(header.hash(), contracts.addresses());
        // What is asked for it may fail: then the same block is read again.
        ChainBlock block = block(header, logs, false);
        take(header);
        return List.of(block);
    }

    private boolean isChild(BlockHeader header) {
        Known last = recent.peekLast();
        return last == null || Arrays.equals(last.hash(), header.parentHash());
    }

    private void stepBack() {
        if (recent.size() < 2) {
            throw new IllegalStateException(
                    "the chain has dropped more than "
                            + BlockSplit.RECENT
                            + " blocks before number "
                            + next
                            + ": this is not the chain that was read before; check -ethUrl");
        }
        Known dropped = recent.removeLast();
        LOG.info("block dropped by the chain number={}", dropped.number());
        next = dropped.number();
    }

    private void take(BlockHeader header) {
        recent.addLast(new Known(header.number(), header.hash()));
        if (recent.size() > BlockSplit.RECENT) {
            recent.removeFirst();
        }
        next = header.number() + 1;
    }

    /** A range so deep that nothing of it is dropped any more. */
    private List<ChainBlock> settled(long upTo) throws RpcException {
        long to = Math.min(upTo, next + range - 1);
        List<LogEntry> logs;
        try {
            logs = rpc.logs(next, to, contracts.addresses());
        } catch (RpcException e) {
            boolean isOne = range == 1;
            range = Math.max(1, range / 2);
            if (isOne || !e.isAnswer()) {
                throw e;
            }
            LOG.info("range of logs halved blocks={} cause={}", range, e.getMessage());
            return List.of();
        }
        TreeMap<Long, List<LogEntry>> byBlock = new TreeMap<>();
        logs.forEach(log -> byBlock.computeIfAbsent(log.block(), n -> new ArrayList<>()).add(log));
        byBlock.computeIfAbsent(to, n -> new ArrayList<>());
        List<ChainBlock> blocks = new ArrayList<>();
        for (var each : byBlock.entrySet()) {
            Optional<BlockHeader> header = rpc.header(each.getKey());
            if (header.isEmpty()) {
                return List.of();
            }
            blocks.add(block(header.get(), each.getValue(), true));
        }
        recent.clear();
        rpc.header(to).ifPresent(this::take);
        range = Math.min(LARGEST_RANGE, 2 * range);
        return blocks;
    }

    private ChainBlock block(BlockHeader header, List<LogEntry> logs, boolean settled)
            throws RpcException {
        List<ChainLog> all = new ArrayList<>(logs.size());
        boolean moved = false;
        for (LogEntry log : logs) {
            moved |= contracts.isMove(log);
            String contract = contracts.nameOf(log);
            if (!contract.isEmpty()) {
                all.add(
                        new ChainLog(
                                contract,
                                log.topics().stream().map(ByteBuffer::wrap).toList(),
                                ByteBuffer.wrap(log.data()),
                                ByteBuffer.wrap(log.transaction()),
                                log.index()));
            }
        }
        if (moved && !settled) {
            contracts.resolve();
        }
        return ChainBlock.newBuilder()
                .setChainId(chainId)
                .setNumber(header.number())
                .setHash(ByteBuffer.wrap(header.hash()))
                .setParentHash(ByteBuffer.wrap(header.parentHash()))
                .setL1Block(header.l1Number())
                .setBlockAtMs(header.timeMs())
                .setSeenAtMs(System.currentTimeMillis())
                .setGasPrice(Bytes.of(gasPrice))
                .setSettled(settled)
                .setLogs(all)
                .build();
    }
}
