package org.livepeer.flink.operators.chain;

import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.ChainUndo;

/** What {@link ChainFold} remembers. */
public interface ChainRows {
    /** A row by its name, or null; a copy, which may be changed. */
    <T extends SpecificRecordBase> @Nullable T get(String name, Class<T> type);

    /** Puts a row, in the place of the one before. */
    <T extends SpecificRecordBase> void put(String name, T row);

    /** What the last blocks changed, newest last. */
    List<ChainUndo> undo();

    /** Takes a block's changes back; it is the newest. */
    void rollBack(ChainUndo block);

    /** What was put since the last time is that block's change; older blocks than so many go. */
    void endOfBlock(long number, byte[] hash, int kept);

    /** The same for a block that nothing rolls back: nothing before it can be undone either. */
    void endOfSettledBlock();
}
