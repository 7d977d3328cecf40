package org.livepeer.flink.connectors.transcoder.remote;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;

/** Hands the source back, when it is let; remembers what it was told. */
public final class HeldEngine implements Transcoder {
    public final Semaphore begun = new Semaphore(0);
    public final Semaphore let = new Semaphore(0);
    public final List<TranscodeJob> jobs = new CopyOnWriteArrayList<>();
    public final List<String> endedSessions = new CopyOnWriteArrayList<>();
    private final LoopbackTranscoder loopback =
            new LoopbackTranscoder(Duration.ZERO, Duration.ofSeconds(1));

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        jobs.add(job);
        begun.release();
        let.acquire();
        return loopback.transcode(job);
    }

    @Override
    public void endSession(String sessionId) {
        endedSessions.add(sessionId);
    }

    @Override
    public void close() {}
}
