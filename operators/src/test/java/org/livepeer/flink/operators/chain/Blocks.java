package org.livepeer.flink.operators.chain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.schemas.ChainBlock;
import org.livepeer.flink.schemas.ChainLog;

/** Blocks that tests begin with. */
final class Blocks {
    static final EthAddress SENDER = EthAddress.of(new byte[] {1, 1});
    static final EthAddress US = EthAddress.of(new byte[] {2, 2});
    static final EthAddress OTHER = EthAddress.of(new byte[] {3, 3});

    private Blocks() {}

    /** A block whose hash is that of its name. */
    static ChainBlock block(long number, String name, String parent, ChainLog... logs) {
        return ChainBlock.newBuilder()
                .setChainId(7)
                .setNumber(number)
                .setHash(hash(name))
                .setParentHash(hash(parent))
                .setL1Block(number)
                .setBlockAtMs(number * 1_000)
                .setSeenAtMs(number * 1_000 + 1)
                .setGasPrice(ByteBuffer.wrap(new byte[] {9}))
                .setLogs(new ArrayList<>(List.of(logs)))
                .build();
    }

    static ByteBuffer hash(String name) {
        return ByteBuffer.wrap(Keccak256.of(name.getBytes(UTF_8)));
    }

    /**
     * What a contract logs.
     *
     * @param event of {@link ChainEvents}
     * @param indexed the first indexed field
     * @param words the fields that are not
     */
    static ChainLog log(String event, Object indexed, Object... words) {
        String[] parts = event.split(" ");
        List<ByteBuffer> topics = new ArrayList<>();
        topics.add(ByteBuffer.wrap(HexFormat.of().parseHex(parts[1])));
        topics.add(ByteBuffer.wrap(word(indexed)));
        ByteBuffer data = ByteBuffer.allocate(32 * words.length);
        for (Object each : words) {
            data.put(word(each));
        }
        return new ChainLog(parts[0], topics, data.flip(), hash("tx"), 0);
    }

    private static byte[] word(Object value) {
        byte[] bytes =
                value instanceof EthAddress address
                        ? address.bytes()
                        : value instanceof ByteBuffer buffer
                                ? buffer.array()
                                : new BigInteger(value.toString()).toByteArray();
        byte[] word = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, word, 32 - length, length);
        return word;
    }
}
