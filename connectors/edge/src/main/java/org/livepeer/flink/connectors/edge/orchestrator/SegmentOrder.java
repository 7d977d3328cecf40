package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.AuthToken;

/**
 * A segment as its headers announce it, checked.
 *
 * @param stream the job's name for the gateway's stream
 * @param seq number of the segment, whatever the gateway counts
 * @param hash Keccak-256 that the media must have
 * @param durationMs 1 to 300000
 * @param token the session's, handed back as it came
 * @param fault what a transcoder would say to it at once; empty when nothing
 */
record SegmentOrder(
        String stream,
        long seq,
        ByteString hash,
        int durationMs,
        List<Profile> profiles,
        @Nullable Clip clip,
        boolean perceptualHash,
        AuthToken token,
        String fault) {

    /** How long a gateway waits for the answer (go-livepeer {@code common/util.go}). */
    long patienceMs() {
        return Math.max(8_000, 4L * durationMs);
    }
}
