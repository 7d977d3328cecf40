package org.livepeer.flink.connectors.transcoder.worker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.schemas.StoreReference;

/** Where the media of a request is until the work on it ends. */
sealed interface Source extends Closeable {
    /** The media as the engine takes it; checked against its hash. May read all of it. */
    TranscodeJob.Media media() throws IOException;

    @Override
    default void close() throws IOException {}

    /** Came in chunks and is small. */
    record InMemory(byte[] bytes) implements Source {
        @Override
        public TranscodeJob.Media media() {
            return new TranscodeJob.InMemory(bytes);
        }
    }

    /** Came in chunks and is large; the file goes when the work is done. */
    record Spooled(Path file, long length) implements Source {
        @Override
        public TranscodeJob.Media media() {
            return new TranscodeJob.InFile(file, length);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    /** In the segment store. */
    record Stored(SegmentStore store, StoreReference reference) implements Source {
        @Override
        public TranscodeJob.Media media() throws IOException {
            return new TranscodeJob.InFile(store.path(reference), reference.getLength());
        }
    }
}
