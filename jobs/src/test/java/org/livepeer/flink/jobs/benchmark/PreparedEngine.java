package org.livepeer.flink.jobs.benchmark;

import org.livepeer.flink.jobs.benchmark.Stamps.Point;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.Rendition;

/** Hands out renditions that were made before, of one segment at a time; stamps its own time. */
final class PreparedEngine implements Transcoder {
    private volatile Next next;

    private record Next(String key, Transcoded renditions) {}

    /** What the next call answers; its stamps are under the key. */
    void next(String key, Transcoded renditions) {
        next =
                new Next(
                        key,
                        new Transcoded(
                                renditions.renditions().stream()
                                        .map(r -> Rendition.newBuilder(r).build())
                                        .toList(),
                                renditions.decodedPixels()));
    }

    /** Of the segment that is under way; empty before the first. */
    String key() {
        Next now = next;
        return now == null ? "" : now.key();
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException {
        Next now = next;
        if (now == null) {
            throw new TranscodeException(Reason.InternalError, "nothing is prepared");
        }
        Stamps.stamp(now.key(), Point.ENGINE);
        Transcoded answer = now.renditions();
        Stamps.stamp(now.key(), Point.MADE);
        return answer;
    }

    @Override
    public void close() {}
}
