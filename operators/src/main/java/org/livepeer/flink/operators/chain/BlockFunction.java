package org.livepeer.flink.operators.chain;

import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.admit.SignedRecordFunction;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.Coordinates;

/** Lets verified blocks in. */
public final class BlockFunction extends SignedRecordFunction<ChainBlock, ChainBlock> {
    private static final long serialVersionUID = 1L;

    public BlockFunction(SecretSource secret) {
        super(ChainBlock.class, "chain", secret);
    }

    @Override
    protected void accept(ChainBlock block, Coordinates origin, Collector<ChainBlock> out) {
        out.collect(block);
    }
}
