package org.livepeer.flink.connectors.ethereum.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.ChainBlock;

/**
 * One record a block, in the chain's order, each at least once. After a restore some come again; a
 * block that the chain dropped is followed by those that took its place.
 */
public final class BlockSource implements Source<ChainBlock, BlockSplit, BlockSplit> {
    private static final long serialVersionUID = 1L;

    private final ChainOptions options;

    public BlockSource(ChainOptions options) {
        this.options = options;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<ChainBlock, BlockSplit> createReader(SourceReaderContext context) {
        return new Reader(options, context);
    }

    @Override
    public SplitEnumerator<BlockSplit, BlockSplit> createEnumerator(
            SplitEnumeratorContext<BlockSplit> context) {
        return new OneSplit(context, new BlockSplit(options.fromBlock(), List.of()));
    }

    /**
     * What is restored was not given out yet; null when it was, and is the reader's to remember.
     */
    @Override
    public SplitEnumerator<BlockSplit, BlockSplit> restoreEnumerator(
            SplitEnumeratorContext<BlockSplit> context, BlockSplit left) {
        return new OneSplit(context, left.next() < 0 ? null : left);
    }

    @Override
    public SimpleVersionedSerializer<BlockSplit> getSplitSerializer() {
        return new BlockSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<BlockSplit> getEnumeratorCheckpointSerializer() {
        return new BlockSplitSerializer();
    }

    /** Position of the reading, while it is read. */
    private static final class Position {
        private final List<BlockSplit.Known> recent;
        private long next;

        Position(BlockSplit split) {
            this.next = split.next();
            this.recent = new ArrayList<>(split.recent());
        }

        void passed(ChainBlock block) {
            recent.removeIf(known -> known.number() >= block.getNumber());
            byte[] hash = new byte[block.getHash().remaining()];
            block.getHash().duplicate().get(hash);
            recent.add(new BlockSplit.Known(block.getNumber(), hash));
            if (recent.size() > BlockSplit.RECENT) {
                recent.remove(0);
            }
            if (block.getSettled()) {
                // Blocks between it and the one before were left out: their hashes prove nothing.
                recent.subList(0, recent.size() - 1).clear();
            }
            next = block.getNumber() + 1;
        }

        BlockSplit split() {
            return new BlockSplit(next, recent);
        }
    }

    private static final class Reader
            extends SingleThreadMultiplexSourceReaderBase<
                    ChainBlock, ChainBlock, BlockSplit, Position> {
        Reader(ChainOptions options, SourceReaderContext context) {
            super(
                    () -> new BlockReader(options),
                    (block, out, position) -> {
                        position.passed(block);
                        out.collect(block);
                    },
                    new Configuration(),
                    context);
        }

        @Override
        protected void onSplitFinished(Map<String, Position> finished) {
            throw new IllegalStateException("a chain has no end");
        }

        @Override
        protected Position initializedState(BlockSplit split) {
            return new Position(split);
        }

        @Override
        protected BlockSplit toSplitType(String id, Position position) {
            return position.split();
        }
    }

    /** Gives the one split to the first reader. */
    private static final class OneSplit implements SplitEnumerator<BlockSplit, BlockSplit> {
        private final SplitEnumeratorContext<BlockSplit> context;
        private @Nullable BlockSplit left;

        OneSplit(SplitEnumeratorContext<BlockSplit> context, @Nullable BlockSplit left) {
            this.context = context;
            this.left = left;
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, @Nullable String host) {}

        @Override
        public void addSplitsBack(List<BlockSplit> splits, int subtask) {
            for (BlockSplit split : splits) {
                left = split;
            }
            give();
        }

        @Override
        public void addReader(int subtask) {
            give();
        }

        private void give() {
            BlockSplit split = left;
            if (split != null && !context.registeredReaders().isEmpty()) {
                int reader = context.registeredReaders().keySet().iterator().next();
                context.assignSplit(split, reader);
                left = null;
            }
        }

        @Override
        public BlockSplit snapshotState(long checkpoint) {
            BlockSplit split = left;
            return split == null ? new BlockSplit(-1, List.of()) : split;
        }

        @Override
        public void close() {}
    }
}
