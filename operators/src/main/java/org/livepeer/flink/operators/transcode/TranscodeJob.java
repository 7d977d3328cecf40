package org.livepeer.flink.operators.transcode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;

/**
 * One segment to transcode.
 *
 * @param requestId idempotency key
 * @param sessionId the stream's session: engines that keep devices open key them by it
 * @param ordinal number of the request within its session, from 0
 * @param media the segment, MPEG-TS or MP4
 * @param profiles the ladder, 1 to 16
 * @param clip part to transcode, or null for all
 * @param perceptualHash whether to make the MPEG-7 video signature of each rendition
 * @param maxPixels most pixels to encode before the work is stopped, 0 for no limit beyond the
 *     engine's own
 * @param deadline time left for the answer
 */
public record TranscodeJob(
        String requestId,
        String sessionId,
        long ordinal,
        Media media,
        List<Profile> profiles,
        @Nullable Clip clip,
        boolean perceptualHash,
        long maxPixels,
        Duration deadline) {

    /** Media bytes, in memory or in a file of this machine. */
    public sealed interface Media {
        /** Bytes. */
        long length();
    }

    /** Media in memory; the array must not change. */
    public record InMemory(byte[] bytes) implements Media {
        @Override
        public long length() {
            return bytes.length;
        }
    }

    /** Media in a file that stays until the job is answered. */
    public record InFile(Path path, long length) implements Media {}
}
