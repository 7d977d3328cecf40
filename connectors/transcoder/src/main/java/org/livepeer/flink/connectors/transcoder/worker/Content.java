package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a rendition, read piece by piece. */
sealed interface Content {
    /** Bytes. */
    long length();

    /** Bytes from {@code offset} on, {@code count} of them. */
    ByteString read(long offset, int count) throws IOException;

    /** In memory; the buffer does not change. */
    record InMemory(ByteBuffer bytes) implements Content {
        @Override
        public long length() {
            return bytes.remaining();
        }

        @Override
        public ByteString read(long offset, int count) {
            return UnsafeByteOperations.unsafeWrap(
                    bytes.slice(bytes.position() + (int) offset, count));
        }
    }

    /** A part of an open file. */
    record InFile(FileChannel channel, long position, long length) implements Content {
        @Override
        public ByteString read(long offset, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(count);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + offset + buffer.position()) < 0) {
                    throw new EOFException("a kept answer became shorter while it was read");
                }
            }
            return UnsafeByteOperations.unsafeWrap(buffer.flip());
        }
    }
}
