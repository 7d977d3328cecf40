package org.livepeer.flink.connectors.transcoder.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.livepeer.flink.connectors.transcoder.loopback.LoopbackTranscoder;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;

/** An engine that does what a test tells it, and counts. */
final class ScriptedTranscoder implements Transcoder {
    final AtomicInteger calls = new AtomicInteger();

    /** One permit for each call that has begun. */
    final Semaphore begun = new Semaphore(0);

    /** One permit for each call that was interrupted. */
    final Semaphore interrupted = new Semaphore(0);

    /** Calls wait here when the gate is closed. */
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private volatile Script script =
            new LoopbackTranscoder(Duration.ZERO, Duration.ofSeconds(2))::transcode;

    interface Script {
        Transcoded run(TranscodeJob job) throws TranscodeException, InterruptedException;
    }

    void script(Script next) {
        script = next;
    }

    void closeGate() {
        gate = new CountDownLatch(1);
    }

    void openGate() {
        gate.countDown();
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        calls.incrementAndGet();
        begun.release();
        try {
            gate.await();
        } catch (InterruptedException e) {
            interrupted.release();
            throw e;
        }
        return script.run(job);
    }

    @Override
    public void close() {}
}
