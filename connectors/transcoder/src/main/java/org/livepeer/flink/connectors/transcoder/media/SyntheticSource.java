package org.livepeer.flink.connectors.transcoder.media;

import java.util.Iterator;

/**
 * An endless live source: a moving test picture with noise and a beeping tone, as MPEG-TS segments
 * with continuous time stamps. Each call of {@link #next()} makes one segment; the caller sets the
 * pace. Not thread-safe.
 */
public final class SyntheticSource implements Iterator<MediaSegment>, AutoCloseable {
    public SyntheticSource(SyntheticOptions options) {}

    /** Always true. */
    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public MediaSegment next() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
