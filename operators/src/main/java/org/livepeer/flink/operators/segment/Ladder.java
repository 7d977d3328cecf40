package org.livepeer.flink.operators.segment;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/** Limits of a ladder and what it costs. */
public final class Ladder {
    /** Most renditions of one segment. */
    public static final int MOST_PROFILES = 16;

    /** Most pixels of a picture's width or height. */
    public static final int LARGEST_SIDE = 4096;

    private static final int HIGHEST_BITRATE = 500_000_000;
    private static final int HIGHEST_FPS = 240;
    private static final int HIGHEST_QUALITY = 63;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}");

    private Ladder() {}

    /**
     * Checks every limit.
     *
     * @throws InvalidSegmentException naming the profile, the value and the rule
     */
    public static void check(List<Profile> profiles) throws InvalidSegmentException {
        if (profiles.isEmpty()) {
            throw new InvalidSegmentException(
                    Reason.UnknownProfile, "no profiles: give at least one profile or preset");
        }
        if (profiles.size() > MOST_PROFILES) {
            throw new InvalidSegmentException(
                    Reason.TooManyProfiles,
                    profiles.size() + " profiles, at most " + MOST_PROFILES + " are transcoded");
        }
        Set<String> names = new HashSet<>();
        for (Profile profile : profiles) {
            check(profile);
            if (!names.add(profile.getName())) {
                throw invalid(profile, "stands twice: each needs a name of its own");
            }
        }
    }

    private static void check(Profile profile) throws InvalidSegmentException {
        if (!NAME.matcher(profile.getName()).matches()) {
            throw invalid(profile, "is no name: 1 to 64 of A-Z a-z 0-9 . _ ~ -");
        }
        side(profile, "width", profile.getWidth());
        side(profile, "height", profile.getHeight());
        if (profile.getQuality() < 0 || profile.getQuality() > HIGHEST_QUALITY) {
            throw invalid(profile, "has quality " + profile.getQuality() + ", 0 to 63 are allowed");
        }
        boolean bitrateNeeded = profile.getQuality() == 0;
        if (profile.getBitrate() < (bitrateNeeded ? 1 : 0)
                || profile.getBitrate() > HIGHEST_BITRATE) {
            throw invalid(
                    profile,
                    "has bitrate " + profile.getBitrate() + ", 1 to 500000000 bit/s are allowed");
        }
        if (profile.getFps() < 0
                || profile.getFpsDen() < 0
                || framesPerSecond(profile, 0) > HIGHEST_FPS) {
            throw invalid(
                    profile,
                    "has frame rate "
                            + profile.getFps()
                            + "/"
                            + profile.getFpsDen()
                            + ", 0 to 240 are allowed");
        }
        if (profile.getGopMs() < -1 || profile.getGopMs() > 300_000) {
            throw invalid(
                    profile, "has gop " + profile.getGopMs() + " ms, -1 to 300000 are allowed");
        }
        if (profile.getCodec() == VideoCodec.VP8 || profile.getCodec() == VideoCodec.VP9) {
            throw invalid(
                    profile, "asks for " + profile.getCodec() + ", H264 and H265 are encoded");
        }
    }

    private static void side(Profile profile, String which, int pixels)
            throws InvalidSegmentException {
        if (pixels < 1 || pixels > LARGEST_SIDE) {
            throw invalid(
                    profile, "has " + which + " " + pixels + ", 1 to 4096 pixels are allowed");
        }
    }

    /**
     * Pixels that a gateway pays in advance: sum of w*h*ceil(fps)*ceil(seconds), fps 0 as 60
     * (go-livepeer {@code server/broadcast.go}, estimateFee).
     */
    public static long estimatedPixels(List<Profile> profiles, long durationMs) {
        long seconds = (durationMs + 999) / 1000;
        long pixels = 0;
        for (Profile profile : profiles) {
            pixels += area(profile) * framesPerSecond(profile, 60) * seconds;
        }
        return pixels;
    }

    /**
     * Load on a worker in pixels per second: sum of w*h*fps, fps 0 as 30 (go-livepeer {@code
     * core/lb.go}, which divides fps by fpsDen as integers).
     */
    public static long loadPixelsPerSecond(List<Profile> profiles) {
        long load = 0;
        for (Profile profile : profiles) {
            int fps = profile.getFps();
            int rate = fps == 0 ? 30 : fps / Math.max(1, profile.getFpsDen());
            load += area(profile) * rate;
        }
        return load;
    }

    /**
     * Most pixels that a worker may encode for a segment: twice the estimate, and a second more, so
     * that an honest segment is never cut and a false duration costs little.
     */
    public static long pixelLimit(List<Profile> profiles, long durationMs) {
        return 2 * estimatedPixels(profiles, durationMs) + estimatedPixels(profiles, 1000);
    }

    private static long area(Profile profile) {
        return (long) profile.getWidth() * profile.getHeight();
    }

    private static long framesPerSecond(Profile profile, int passThrough) {
        if (profile.getFps() == 0) {
            return passThrough;
        }
        int den = Math.max(1, profile.getFpsDen());
        return ((long) profile.getFps() + den - 1) / den;
    }

    private static InvalidSegmentException invalid(Profile profile, String problem) {
        String name = profile.getName();
        String shown = name.length() <= 64 ? name : name.substring(0, 64) + "…";
        return new InvalidSegmentException(
                Reason.InvalidProfile, "profile '" + shown + "' " + problem);
    }
}
