package org.livepeer.flink.connectors.edge.orchestrator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** The ladder of a segment, from the wire's form to the job's. */
final class WireProfiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}");
    private static final int LARGEST_SIDE = 4096;

    private WireProfiles() {}

    /**
     * The profiles in their order; none when the segment names none. A name that the job does not
     * take, or takes once only, is replaced by {@code ~} and the profile's number: names are no
     * more than path elements of the answer.
     *
     * @throws WireRefusal for a number outside the wire's enums, with go-livepeer's text
     */
    static List<Profile> of(SegData segment) throws WireRefusal {
        List<VideoProfile> list =
                segment.getFullProfiles3Count() > 0
                        ? segment.getFullProfiles3List()
                        : segment.getFullProfiles2Count() > 0
                                ? segment.getFullProfiles2List()
                                : segment.getFullProfilesList();
        List<Profile> profiles = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (VideoProfile profile : list) {
            Profile.Builder one = common(profile);
            String name = name(profile);
            boolean usable = NAME.matcher(name).matches() && !names.contains(name);
            String used = usable ? name : "~" + profiles.size();
            names.add(used);
            profiles.add(one.setName(used).build());
        }
        return profiles;
    }

    private static Profile.Builder common(VideoProfile profile) throws WireRefusal {
        return Profile.newBuilder()
                .setFormat(format(profile))
                .setProfile(encoderProfile(profile))
                .setCodec(codec(profile))
                .setWidth(profile.getWidth())
                .setHeight(profile.getHeight())
                .setBitrate(profile.getBitrate())
                .setFps(profile.getFps())
                .setFpsDen(profile.getFpsDen())
                .setGopMs(profile.getGop())
                .setQuality(profile.getQuality());
    }

    /** What the transcoder would say to a ladder that no worker can do; empty when it is sound. */
    static Optional<String> fault(List<Profile> profiles) {
        for (Profile profile : profiles) {
            if (profile.getGopMs() < -1) {
                return Optional.of("TranscoderInvalidGOP");
            }
            if (!isSide(profile.getWidth()) || !isSide(profile.getHeight())) {
                return Optional.of("TranscoderInvalidResolution");
            }
            if (profile.getCodec() == VideoCodec.VP8 || profile.getCodec() == VideoCodec.VP9) {
                return Optional.of("Encoder not found");
            }
        }
        return Optional.empty();
    }

    private static boolean isSide(int pixels) {
        return pixels >= 1 && pixels <= LARGEST_SIDE;
    }

    private static String name(VideoProfile profile) {
        return profile.getName().isEmpty()
                ? "net_"
                        + profile.getWidth()
                        + "x"
                        + profile.getHeight()
                        + "_"
                        + profile.getBitrate()
                : profile.getName();
    }

    private static OutputFormat format(VideoProfile profile) throws WireRefusal {
        return switch (profile.getFormat()) {
            case MPEGTS -> OutputFormat.MPEGTS;
            case MP4 -> OutputFormat.MP4;
            case UNRECOGNIZED -> throw WireRefusal.forbidden("unrecognized profile output format");
        };
    }

    private static EncoderProfile encoderProfile(VideoProfile profile) throws WireRefusal {
        return switch (profile.getProfile()) {
            case ENCODER_DEFAULT -> EncoderProfile.NONE;
            case H264_BASELINE -> EncoderProfile.H264_BASELINE;
            case H264_MAIN -> EncoderProfile.H264_MAIN;
            case H264_HIGH -> EncoderProfile.H264_HIGH;
            case H264_CONSTRAINED_HIGH -> EncoderProfile.H264_CONSTRAINED_HIGH;
            case UNRECOGNIZED -> throw WireRefusal.forbidden("unrecognized encoder profile");
        };
    }

    private static VideoCodec codec(VideoProfile profile) throws WireRefusal {
        return switch (profile.getEncoder()) {
            case H264 -> VideoCodec.H264;
            case H265 -> VideoCodec.H265;
            case VP8 -> VideoCodec.VP8;
            case VP9 -> VideoCodec.VP9;
            case UNRECOGNIZED -> throw WireRefusal.forbidden("unrecognized video codec");
        };
    }
}
