package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/**
 * Media bytes as libav reads them: by callback, so that no demuxer is ever given a name to open.
 * Seekable sources tell their size, which is how the playing time of a TS is found without reading
 * all of it.
 */
public final class MediaInput implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;
    private static final int AVSEEK_FORCE = 0x20000;

    private final Source source;
    private final Read_packet_Pointer_BytePointer_int read;
    private final @Nullable Seek_Pointer_long_int seek;
    private final AVIOContext io;
    private boolean closed;

    private MediaInput(Source source, boolean seekable) throws TranscodeException {
        this.source = source;
        this.read = new ReadCallback(source);
        this.seek = seekable ? new SeekCallback(source) : null;
        BytePointer buffer =
                new BytePointer(Libav.present(avutil.av_malloc(BUFFER_BYTES), "input buffer"));
        this.io =
                Libav.present(
                        avformat.avio_alloc_context(
                                buffer, BUFFER_BYTES, 0, null, read, null, seek),
                        "input context");
    }

    /** Media of a job. */
    public static MediaInput of(TranscodeJob.Media media) throws IOException, TranscodeException {
        if (media instanceof TranscodeJob.InMemory memory) {
            return new MediaInput(new MemorySource(memory.bytes()), true);
        }
        return ofFile(((TranscodeJob.InFile) media).path());
    }

    public static MediaInput ofFile(Path path) throws IOException, TranscodeException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new MediaInput(new FileSource(channel, channel.size()), true);
    }

    /** A stream that is read once, front to back. */
    public static MediaInput ofStream(InputStream in) throws TranscodeException {
        return new MediaInput(new StreamSource(in), false);
    }

    AVIOContext io() {
        return io;
    }

    /** The error that ended a read early, or null. */
    public @Nullable IOException failure() {
        return source.failure;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        BytePointer buffer = io.buffer();
        if (buffer != null) {
            avutil.av_free(buffer);
        }
        avformat.avio_context_free(io);
        read.close();
        if (seek != null) {
            seek.close();
        }
        source.close();
    }

    private abstract static class Source {
        long position;
        @Nullable IOException failure;

        /** Reads up to size bytes at the position into the buffer; at most 0 at the end. */
        abstract int read(BytePointer buffer, int size) throws IOException;

        long length() {
            return -1;
        }

        void close() {}
    }

    private static final class MemorySource extends Source {
        private final byte[] bytes;

        MemorySource(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        int read(BytePointer buffer, int size) {
            int count = (int) Math.min(size, bytes.length - position);
            if (count > 0) {
                buffer.put(bytes, (int) position, count);
            }
            return count;
        }

        @Override
        long length() {
            return bytes.length;
        }
    }

    private static final class FileSource extends Source {
        private final FileChannel channel;
        private final long length;
        private final ByteBuffer chunk = ByteBuffer.allocate(BUFFER_BYTES);

        FileSource(FileChannel channel, long length) {
            this.channel = channel;
            this.length = length;
        }

        @Override
        int read(BytePointer buffer, int size) throws IOException {
            chunk.clear().limit(Math.min(size, BUFFER_BYTES));
            int count = channel.read(chunk, position);
            if (count > 0) {
                buffer.put(chunk.array(), 0, count);
            }
            return count;
        }

        @Override
        long length() {
            return length;
        }

        @Override
        void close() {
            closeQuietly(channel);
        }
    }

    private static final class StreamSource extends Source {
        private final InputStream in;
        private final byte[] chunk = new byte[BUFFER_BYTES];

        StreamSource(InputStream in) {
            this.in = in;
        }

        @Override
        int read(BytePointer buffer, int size) throws IOException {
            int count = in.read(chunk, 0, Math.min(size, BUFFER_BYTES));
            if (count > 0) {
                buffer.put(chunk, 0, count);
            }
            return count;
        }

        @Override
        void close() {
            closeQuietly(in);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // read-only: nothing can be lost
        }
    }

    private static final class ReadCallback extends Read_packet_Pointer_BytePointer_int {
        private final Source source;

        ReadCallback(Source source) {
            this.source = source;
        }

        @Override
        public int call(Pointer opaque, BytePointer buffer, int size) {
            try {
                int count = source.read(buffer, size);
                if (count <= 0) {
                    return avutil.AVERROR_EOF;
                }
                source.position += count;
                return count;
            } catch (IOException e) {
                source.failure = e;
                return avutil.AVERROR_EXIT;
            }
        }
    }

    private static final class SeekCallback extends Seek_Pointer_long_int {
        private final Source source;

        SeekCallback(Source source) {
            this.source = source;
        }

        @Override
        public long call(Pointer opaque, long offset, int whence) {
            int kind = whence & ~AVSEEK_FORCE;
            if (kind == avformat.AVSEEK_SIZE) {
                return source.length();
            }
            long target =
                    switch (kind) {
                        case SEEK_SET -> offset;
                        case SEEK_CUR -> source.position + offset;
                        case SEEK_END -> source.length() + offset;
                        default -> -1;
                    };
            if (target < 0 || target > source.length()) {
                return Libav.INVALID_ARGUMENT;
            }
            source.position = target;
            return target;
        }
    }
}
