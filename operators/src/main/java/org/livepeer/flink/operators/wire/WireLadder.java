package org.livepeer.flink.operators.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** The ladder of a segment, from the wire's form to the job's. */
public final class WireLadder {
    private WireLadder() {}

    /**
     * The profiles in their order, of the first list of the three that is not empty, newest first;
     * none when the segment names none. Nothing but the wire's enums is checked.
     *
     * @throws WireFault for a number outside those enums
     */
    public static List<Profile> of(SegData segment) throws WireFault {
        List<VideoProfile> wire =
                segment.getFullProfiles3Count() > 0
                        ? segment.getFullProfiles3List()
                        : segment.getFullProfiles2Count() > 0
                                ? segment.getFullProfiles2List()
                                : segment.getFullProfilesList();
        List<Profile> profiles = new ArrayList<>(wire.size());
        for (VideoProfile each : wire) {
            profiles.add(profile(each));
        }
        return profiles;
    }

    /**
     * What a transcoder says to a ladder that it cannot do; empty when there is nothing to say.
     *
     * @param largestSide most pixels of a picture's width or height
     */
    public static Optional<String> fault(List<Profile> profiles, int largestSide) {
        if (profiles.size() > Ladder.MOST_PROFILES) {
            return Optional.of(WireTexts.TOO_MANY);
        }
        for (Profile profile : profiles) {
            if (profile.getCodec() == VideoCodec.VP8 || profile.getCodec() == VideoCodec.VP9) {
                return Optional.of(WireTexts.ENCODER);
            }
            int longer = Math.max(profile.getWidth(), profile.getHeight());
            if (Math.min(profile.getWidth(), profile.getHeight()) < 1 || longer > largestSide) {
                return Optional.of(WireTexts.RESOLUTION);
            }
            if (profile.getGopMs() < -1) {
                return Optional.of(WireTexts.GOP);
            }
        }
        return Optional.empty();
    }

    private static Profile profile(VideoProfile wire) throws WireFault {
        return Profile.newBuilder()
                .setName(name(wire))
                .setFormat(format(wire))
                .setProfile(encoderProfile(wire))
                .setCodec(codec(wire))
                .setWidth(wire.getWidth())
                .setHeight(wire.getHeight())
                .setBitrate(wire.getBitrate())
                .setFps(wire.getFps())
                .setFpsDen(wire.getFpsDen())
                .setGopMs(wire.getGop())
                .setQuality(wire.getQuality())
                .build();
    }

    private static String name(VideoProfile wire) {
        return wire.getName().isEmpty()
                ? "net_" + wire.getWidth() + "x" + wire.getHeight() + "_" + wire.getBitrate()
                : wire.getName();
    }

    private static OutputFormat format(VideoProfile wire) throws WireFault {
        return switch (wire.getFormat()) {
            case MPEGTS -> OutputFormat.MPEGTS;
            case MP4 -> OutputFormat.MP4;
            case UNRECOGNIZED -> throw new WireFault("unrecognized profile output format");
        };
    }

    private static EncoderProfile encoderProfile(VideoProfile wire) throws WireFault {
        return switch (wire.getProfile()) {
            case ENCODER_DEFAULT -> EncoderProfile.NONE;
            case H264_BASELINE -> EncoderProfile.H264_BASELINE;
            case H264_MAIN -> EncoderProfile.H264_MAIN;
            case H264_HIGH -> EncoderProfile.H264_HIGH;
            case H264_CONSTRAINED_HIGH -> EncoderProfile.H264_CONSTRAINED_HIGH;
            case UNRECOGNIZED -> throw new WireFault("unrecognized encoder profile");
        };
    }

    private static VideoCodec codec(VideoProfile wire) throws WireFault {
        return switch (wire.getEncoder()) {
            case H264 -> VideoCodec.H264;
            case H265 -> VideoCodec.H265;
            case VP8 -> VideoCodec.VP8;
            case VP9 -> VideoCodec.VP9;
            case UNRECOGNIZED -> throw new WireFault("unrecognized video codec");
        };
    }
}
