package org.livepeer.flink.connectors.transcoder.child;

import java.time.Duration;
import org.livepeer.flink.connectors.transcoder.engine.MediaFacts;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;

/** What a child is asked to do. */
sealed interface Task {
    /** Time for the answer. */
    Duration deadline();

    record Transcode(TranscodeJob job) implements Task {
        @Override
        public Duration deadline() {
            return job.deadline();
        }
    }

    /** Decode and count. */
    record Inspect(TranscodeJob.Media media, Duration deadline) implements Task {}

    /** Make the first segment of a synthetic source. */
    record Synthesize(SyntheticOptions options, Duration deadline) implements Task {}

    /** What a child answers. */
    sealed interface Reply {}

    /** The child can take tasks; the first thing it says. */
    record Ready() implements Reply {}

    record Done(Transcoded transcoded) implements Reply {}

    record Facts(MediaFacts facts) implements Reply {}

    record Media(byte[] bytes) implements Reply {}

    record Failed(Reason reason, String detail) implements Reply {}
}
