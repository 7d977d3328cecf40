package org.livepeer.flink.connectors.transcoder.worker;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.worker.ExecuteHeader;
import org.livepeer.flink.schemas.worker.RenditionProfile;

/**
 * A request as it was asked for, checked.
 *
 * @param reference where the media is, null when it comes in chunks
 * @param deadlineNanos on {@link System#nanoTime()}
 * @param storeRenditions whether the renditions have to go to the store
 * @param maxInlineBytes above this sum they go there anyway
 */
record ExecuteOrder(
        String requestId,
        String sessionId,
        long ordinal,
        List<Profile> profiles,
        @Nullable Clip clip,
        boolean perceptualHash,
        long maxPixels,
        ByteString contentHash,
        long mediaBytes,
        @Nullable StoreReference reference,
        boolean keptOnly,
        long deadlineNanos,
        boolean storeRenditions,
        long maxInlineBytes) {
    private static final int MOST_PROFILES = 16;
    private static final long LONGEST_DEADLINE_MS = 3_600_000;

    /**
     * @param now {@link System#nanoTime()} when the header came
     * @throws TranscodeException says what is wrong with the header
     */
    static ExecuteOrder of(ExecuteHeader header, long now, long maxInlineBytes)
            throws TranscodeException {
        require(
                !header.getRequestId().isEmpty() && header.getRequestId().length() <= 256,
                Reason.UndecodableRecord,
                "request_id must have 1 to 256 characters");
        require(header.getDeadlineMs() > 0, Reason.DeadlineExceeded, "deadline_ms must be above 0");
        long deadlineMs = Math.min(header.getDeadlineMs(), LONGEST_DEADLINE_MS);
        if (!header.getKeptOnly()) {
            checkWork(header);
        }
        return new ExecuteOrder(
                header.getRequestId(),
                header.getSessionId(),
                header.getOrdinal(),
                header.getKeptOnly() ? List.of() : profiles(header),
                clip(header),
                header.getCalcPerceptualHash(),
                header.getMaxPixels(),
                header.getContentHash(),
                header.getMediaBytes(),
                reference(header),
                header.getKeptOnly(),
                now + deadlineMs * 1_000_000,
                header.getStoreRenditions(),
                maxInlineBytes);
    }

    private static void checkWork(ExecuteHeader header) throws TranscodeException {
        long bytes = header.getMediaBytes();
        require(bytes > 0, Reason.EmptySegment, "media_bytes must be above 0");
        require(
                bytes <= SegmentStore.LARGEST_OBJECT,
                Reason.SegmentTooLarge,
                bytes + " bytes of media, at most " + SegmentStore.LARGEST_OBJECT + " are taken");
        require(
                header.getContentHash().size() == 32,
                Reason.HashMismatch,
                "content_hash must be the media's SHA-256, 32 bytes");
        require(header.getMaxPixels() >= 0, Reason.InvalidProfile, "max_pixels must be 0 or more");
        require(
                !header.hasStored()
                        || header.getStored().getLength() == bytes
                                && header.getStored().getHash().equals(header.getContentHash()),
                Reason.InvalidReference,
                "the reference's length and hash must be media_bytes and content_hash");
    }

    private static List<Profile> profiles(ExecuteHeader header) throws TranscodeException {
        int count = header.getProfilesCount();
        require(count > 0, Reason.InvalidProfile, "at least one profile is needed");
        require(
                count <= MOST_PROFILES,
                Reason.TooManyProfiles,
                count + " profiles, at most " + MOST_PROFILES + " are taken");
        List<Profile> profiles = new ArrayList<>(count);
        Set<String> names = new HashSet<>();
        for (RenditionProfile profile : header.getProfilesList()) {
            require(
                    names.add(profile.getName()),
                    Reason.InvalidProfile,
                    "two profiles have the name " + profile.getName());
            require(
                    profile.getWidth() > 0 && profile.getHeight() > 0,
                    Reason.InvalidProfile,
                    "profile " + profile.getName() + " has no size");
            profiles.add(profile(profile));
        }
        return List.copyOf(profiles);
    }

    private static Profile profile(RenditionProfile from) throws TranscodeException {
        try {
            return Profile.newBuilder()
                    .setName(from.getName())
                    .setWidth(from.getWidth())
                    .setHeight(from.getHeight())
                    .setBitrate(from.getBitrate())
                    .setFps(from.getFps())
                    .setFpsDen(from.getFpsDen())
                    .setGopMs(from.getGopMs())
                    .setProfile(EncoderProfile.valueOf(from.getEncoderProfile()))
                    .setCodec(VideoCodec.valueOf(from.getCodec()))
                    .setFormat(OutputFormat.valueOf(from.getFormat()))
                    .setQuality(from.getQuality())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new TranscodeException(
                    Reason.InvalidProfile,
                    "profile "
                            + from.getName()
                            + " names an encoder profile, codec or format that is not known here",
                    e);
        }
    }

    private static @Nullable Clip clip(ExecuteHeader header) throws TranscodeException {
        if (!header.hasClip()) {
            return null;
        }
        long from = header.getClip().getFromMs();
        long to = header.getClip().getToMs();
        require(
                from >= 0 && to > from,
                Reason.InvalidClip,
                "the clip from " + from + " ms to " + to + " ms is empty or negative");
        return new Clip(from, to);
    }

    private static @Nullable StoreReference reference(ExecuteHeader header) {
        return header.hasStored()
                ? new StoreReference(
                        header.getStored().getName(),
                        header.getStored().getLength(),
                        header.getStored().getHash().asReadOnlyByteBuffer())
                : null;
    }

    private static void require(boolean holds, Reason reason, String detail)
            throws TranscodeException {
        if (!holds) {
            throw new TranscodeException(reason, detail);
        }
    }
}
