package org.livepeer.flink.operators.transcode;

/**
 * An engine that makes renditions of a segment. Engines are adapters: libav on CPU cores, an
 * external ffmpeg binary, loopback for benchmarks; GPU engines take their place beside them.
 *
 * <p>Thread-safe: as many calls run at the same time as the engine has slots.
 */
public interface Transcoder extends AutoCloseable {
    /**
     * Transcodes one segment: decodes once, encodes every rendition, copies audio. Blocks.
     *
     * @throws TranscodeException when there is no result; says whether another try may help
     * @throws InterruptedException when the caller gave up
     */
    Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException;

    /** The session's last segment was handed in: what the engine keeps open for it may go. */
    default void endSession(String sessionId) {}

    @Override
    void close();
}
