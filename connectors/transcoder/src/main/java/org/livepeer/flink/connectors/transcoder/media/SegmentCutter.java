package org.livepeer.flink.connectors.transcoder.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;

/**
 * Cuts a file or a stream (MPEG-TS, MP4, FLV, Matroska) on key frames into MPEG-TS segments,
 * without transcoding. Reads as it goes: input of any length streams through. Not thread-safe.
 */
public final class SegmentCutter implements Iterator<MediaSegment>, AutoCloseable {
    private SegmentCutter() {}

    /**
     * Opens a file.
     *
     * @param target playing time wanted per segment; a segment ends at the first key frame after it
     * @throws IOException when it cannot be read or holds no video that fits into MPEG-TS
     */
    public static SegmentCutter open(Path file, Duration target) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Like {@link #open(Path, Duration)}; the stream is closed with the cutter. */
    public static SegmentCutter open(InputStream in, Duration target) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether there is another segment; reads up to its end.
     *
     * @throws java.io.UncheckedIOException when the input breaks off with an error
     */
    @Override
    public boolean hasNext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public MediaSegment next() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
