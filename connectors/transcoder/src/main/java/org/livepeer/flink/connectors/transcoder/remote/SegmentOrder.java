package org.livepeer.flink.connectors.transcoder.remote;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.wire.WireClip;
import org.livepeer.flink.operators.wire.WireFault;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.SegData;

/**
 * A segment that the orchestrator wants transcoded.
 *
 * @param task the orchestrator's number for it
 * @param url where its source is
 * @param session the stream's session; its manifest when there is none
 * @param manifest the stream, for a person
 * @param seq number in the stream, for a person
 * @param profiles the ladder
 * @param clip the part that is wanted, or null for all
 * @param perceptualHash whether the hash of each rendition is wanted
 * @param patience how long the orchestrator waits for the result
 */
record SegmentOrder(
        long task,
        String url,
        String session,
        String manifest,
        long seq,
        List<Profile> profiles,
        @Nullable Clip clip,
        boolean perceptualHash,
        Duration patience) {
    private static final int LONGEST_MS = 300_000;
    private static final int USUAL_MS = 2000;
    private static final long LEAST_PATIENCE_MS = 8000;

    /** Whether it is not a segment but the end of a session. */
    static boolean isTeardown(NotifySegment message) {
        return message.getUrl().isEmpty()
                && !message.getSegData().getAuthToken().getSessionId().isEmpty();
    }

    /**
     * Checks in go-livepeer's order.
     *
     * @throws WireFault when it cannot be worked on
     */
    static SegmentOrder of(NotifySegment message, WireCapabilities own) throws WireFault {
        if (!message.hasSegData()) {
            throw new WireFault(ErrorText.EMPTY_SEGMENT_DATA);
        }
        SegData data = message.getSegData();
        List<Profile> profiles = WireProfiles.of(data);
        int durationMs = data.getDuration();
        if (durationMs < 0 || durationMs > LONGEST_MS) {
            throw new WireFault(ErrorText.DURATION);
        }
        if (!own.serve(data.getCapabilities())) {
            throw new WireFault(ErrorText.INCOMPATIBLE);
        }
        String manifest = data.getManifestId().toStringUtf8();
        String session = data.getAuthToken().getSessionId();
        long playingMs = durationMs == 0 ? USUAL_MS : durationMs;
        return new SegmentOrder(
                message.getTaskId(),
                message.getUrl(),
                session.isEmpty() ? manifest : session,
                manifest,
                data.getSeq(),
                profiles,
                WireClip.of(data.getSegmentParameters()),
                data.getCalcPerceptualHash(),
                Duration.ofMillis(Math.max(LEAST_PATIENCE_MS, 4 * playingMs)));
    }
}
