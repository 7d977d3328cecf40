package org.livepeer.flink.connectors.transcoder.child;

import java.util.List;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;

/** Transcodes on CPU cores with libav in supervised child processes. */
public final class LibavTranscoder implements Transcoder {
    public LibavTranscoder(LibavOptions options) {}

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Runs real test transcodes: what works is a capability, how fast is the capacity. */
    public EngineProbe probe() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    /** Process ids of the children that run now. */
    public List<Long> childPids() {
        return List.of();
    }

    @Override
    public void close() {}
}
