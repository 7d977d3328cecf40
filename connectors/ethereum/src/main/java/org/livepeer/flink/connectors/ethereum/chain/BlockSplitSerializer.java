package org.livepeer.flink.connectors.ethereum.chain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The form of a {@link BlockSplit} in checkpoints. */
final class BlockSplitSerializer implements SimpleVersionedSerializer<BlockSplit> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(BlockSplit split) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(split.next());
        out.writeInt(split.recent().size());
        for (BlockSplit.Known each : split.recent()) {
            out.writeLong(each.number());
            out.writeInt(each.hash().length);
            out.write(each.hash());
        }
        return bytes.toByteArray();
    }

    @Override
    public BlockSplit deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException("a position of version " + version + " cannot be read");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        long next = in.readLong();
        int count = in.readInt();
        List<BlockSplit.Known> recent = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long number = in.readLong();
            byte[] hash = new byte[in.readInt()];
            in.readFully(hash);
            recent.add(new BlockSplit.Known(number, hash));
        }
        return new BlockSplit(next, recent);
    }
}
