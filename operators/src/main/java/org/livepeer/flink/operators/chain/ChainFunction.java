package org.livepeer.flink.operators.chain;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ticket.Bytes;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainHead;
import org.livepeer.flink.schemas.ChainUndo;
import org.livepeer.flink.schemas.OrchestratorEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.SenderEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies {@link ChainFold} to the blocks of one chain, and tells each row that a block changed or
 * that was changed back. One subtask: a chain has one order.
 */
public final class ChainFunction extends KeyedProcessFunction<Long, ChainBlock, ChainHead> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ChainFunction.class);

    /** Senders that changed. */
    public static final OutputTag<SenderEntry> SENDERS =
            new OutputTag<>("senders", new AvroTypeInfo<>(SenderEntry.class));

    /** Orchestrators that changed. */
    public static final OutputTag<OrchestratorEntry> ORCHESTRATORS =
            new OutputTag<>("orchestrators", new AvroTypeInfo<>(OrchestratorEntry.class));

    /** Rows by name, Avro. No TTL: a deposit stays until it is taken out. */
    public static final MapStateDescriptor<String, byte[]> ROWS =
            new MapStateDescriptor<>(
                    "rows", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    /** Changes of the last blocks, by number. Bounded by {@link ChainFold#UNDO_BLOCKS}. */
    public static final MapStateDescriptor<Long, ChainUndo> UNDO =
            new MapStateDescriptor<>("undo", Types.LONG, new AvroTypeInfo<>(ChainUndo.class));

    private final byte[] recipient;
    private transient ChainFold fold;
    private transient MapState<String, byte[]> rows;
    private transient MapState<Long, ChainUndo> undo;

    /**
     * @param recipient whose claims on reserves are counted by themselves
     */
    @SuppressWarnings("NullAway.Init")
    public ChainFunction(EthAddress recipient) {
        this.recipient = recipient.bytes();
    }

    @Override
    public void open(OpenContext context) {
        fold = new ChainFold(EthAddress.of(recipient));
        rows = getRuntimeContext().getMapState(ROWS);
        undo = getRuntimeContext().getMapState(UNDO);
    }

    @Override
    public void processElement(ChainBlock block, Context context, Collector<ChainHead> out)
            throws Exception {
        Rows state = new Rows();
        switch (fold.take(block, state)) {
            case ADDED -> state.tell(context, out);
            case REPEATED -> LOG.debug("block seen before number={}", block.getNumber());
            case UNCONNECTED ->
                    LOG.error(
                            "block passed over number={}: its parent is not known, more blocks were"
                                    + " dropped than can be undone; begin again from an older block",
                            block.getNumber());
        }
    }

    /** The rows in Flink's state. */
    private final class Rows implements ChainRows {
        private final Map<String, byte @Nullable []> before = new LinkedHashMap<>();
        private final Set<String> changed = new LinkedHashSet<>();

        @Override
        public <T extends SpecificRecordBase> @Nullable T get(String name, Class<T> type) {
            byte[] row = read(name);
            try {
                return row == null ? null : RecordCodec.of(type).decode(row);
            } catch (UndecodableException e) {
                throw new IllegalStateException("row " + name + " cannot be read", e);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T extends SpecificRecordBase> void put(String name, T row) {
            byte[] old = read(name);
            before.putIfAbsent(name, old);
            write(name, RecordCodec.of((Class<T>) row.getClass()).encode(row));
        }

        private byte @Nullable [] read(String name) {
            try {
                return rows.get(name);
            } catch (Exception e) {
                throw new IllegalStateException("the chain's state failed", e);
            }
        }

        private void write(String name, byte @Nullable [] row) {
            changed.add(name);
            try {
                if (row == null) {
                    rows.remove(name);
                } else {
                    rows.put(name, row);
                }
            } catch (Exception e) {
                throw new IllegalStateException("the chain's state failed", e);
            }
        }

        @Override
        public List<ChainUndo> undo() {
            try {
                List<ChainUndo> all = new ArrayList<>();
                undo.values().forEach(all::add);
                all.sort(Comparator.comparingLong(ChainUndo::getNumber));
                return all;
            } catch (Exception e) {
                throw new IllegalStateException("the chain's state failed", e);
            }
        }

        @Override
        public void rollBack(ChainUndo block) {
            block.getBefore()
                    .forEach((name, row) -> write(name, row.hasRemaining() ? Bytes.of(row) : null));
            remove(block.getNumber());
        }

        private void remove(long number) {
            try {
                undo.remove(number);
            } catch (Exception e) {
                throw new IllegalStateException("the chain's state failed", e);
            }
        }

        @Override
        public void endOfBlock(long number, byte[] hash, int kept) {
            Map<String, ByteBuffer> changes = new LinkedHashMap<>();
            before.forEach(
                    (name, row) ->
                            changes.put(
                                    name,
                                    row == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(row)));
            try {
                undo.put(number, new ChainUndo(number, ByteBuffer.wrap(hash), changes));
            } catch (Exception e) {
                throw new IllegalStateException("the chain's state failed", e);
            }
            remove(number - kept);
        }

        @Override
        public void endOfSettledBlock() {
            undo.clear();
        }

        /** A row that is there no more, because its only block was dropped, is told as empty. */
        void tell(Context context, Collector<ChainHead> out) {
            for (String name : changed) {
                if (name.equals(ChainFold.HEAD)) {
                    ChainHead head = get(name, ChainHead.class);
                    if (head != null) {
                        out.collect(head);
                    }
                } else if (name.startsWith(ChainFold.SENDER)) {
                    SenderEntry row = get(name, SenderEntry.class);
                    context.output(
                            SENDERS, row == null ? ChainFold.unknownSender(address(name)) : row);
                } else {
                    OrchestratorEntry row = get(name, OrchestratorEntry.class);
                    context.output(
                            ORCHESTRATORS,
                            row == null ? ChainFold.unknownOrchestrator(address(name)) : row);
                }
            }
        }

        private static EthAddress address(String name) {
            String hex = name.substring(name.indexOf("0x") + 2);
            return EthAddress.of(HexFormat.of().parseHex(hex));
        }
    }
}
