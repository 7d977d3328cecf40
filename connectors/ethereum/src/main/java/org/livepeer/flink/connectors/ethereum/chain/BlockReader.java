package org.livepeer.flink.connectors.ethereum.chain;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.ethereum.rpc.EthRpc;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.schemas.ChainBlock;
import org.slf4j.LoggerFactory;

/** Reads blocks in a thread of its own; a node that is away is waited for, never an end. */
final class BlockReader implements SplitReader<ChainBlock, BlockSplit> {
    private static final Repeats REPEATS = new Repeats(LoggerFactory.getLogger(BlockReader.class));
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 10_000;

    private final ChainOptions options;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition awake = lock.newCondition();
    private @Nullable ChainCursor cursor;
    private long pauseMs = FIRST_PAUSE_MS;
    private boolean woken;

    BlockReader(ChainOptions options) {
        this.options = options;
    }

    @Override
    public RecordsWithSplitIds<ChainBlock> fetch() {
        ChainCursor reading = cursor;
        List<ChainBlock> blocks = List.of();
        if (reading == null) {
            pause(options.pollMs());
        } else {
            try {
                blocks = reading.advance();
                pauseMs = FIRST_PAUSE_MS;
                if (blocks.isEmpty()) {
                    pause(options.pollMs());
                }
            } catch (RpcException e) {
                REPEATS.warn("the chain is not read, tried again cause={}", e.getMessage());
                pause(pauseMs);
                pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
            } catch (IllegalStateException e) {
                // Another chain or contract than it should be: somebody has to change that.
                REPEATS.warn("the chain is not read cause={}", e.getMessage());
                pause(LONGEST_PAUSE_MS);
            }
        }
        if (blocks.isEmpty()) {
            return new RecordsBySplits<>(Map.of(), Set.of());
        }
        return new RecordsBySplits<>(Map.of(BlockSplit.ID, blocks), Set.of());
    }

    private void pause(long ms) {
        lock.lock();
        try {
            if (!woken) {
                awake.await(ms, TimeUnit.MILLISECONDS);
            }
            woken = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void handleSplitsChanges(SplitsChange<BlockSplit> change) {
        for (BlockSplit split : change.splits()) {
            cursor = new ChainCursor(EthRpc.of(options.urls()), options.controller(), split);
        }
    }

    @Override
    public void wakeUp() {
        lock.lock();
        try {
            woken = true;
            awake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        wakeUp();
    }
}
