package org.livepeer.flink.connectors.transcoder.remote;

import java.util.ArrayList;
import java.util.List;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.VideoProfile;

/** The ladder of a segment as it comes over the wire. */
final class WireProfiles {
    private static final int MOST = 16;
    private static final int LARGEST = 16_384;
    private static final int FASTEST = 1000;

    private WireProfiles() {}

    /**
     * The first list of the three that is not empty, newest first.
     *
     * @throws OrderRefusedException when one of them cannot be made
     */
    static List<Profile> of(SegData data) throws OrderRefusedException {
        List<VideoProfile> wire =
                data.getFullProfiles3Count() > 0
                        ? data.getFullProfiles3List()
                        : data.getFullProfiles2Count() > 0
                                ? data.getFullProfiles2List()
                                : data.getFullProfilesList();
        if (wire.isEmpty()) {
            throw new OrderRefusedException(ErrorText.INVALID_ARGUMENT);
        }
        if (wire.size() > MOST) {
            throw new OrderRefusedException("Too many outputs");
        }
        List<Profile> profiles = new ArrayList<>(wire.size());
        for (VideoProfile each : wire) {
            profiles.add(profile(each));
        }
        return profiles;
    }

    private static Profile profile(VideoProfile wire) throws OrderRefusedException {
        OutputFormat format = format(wire);
        EncoderProfile encoderProfile = encoderProfile(wire);
        VideoCodec codec = codec(wire);
        if (codec == VideoCodec.VP8 || codec == VideoCodec.VP9) {
            throw new OrderRefusedException(ErrorText.ENCODER);
        }
        if (!within(1, wire.getWidth(), LARGEST) || !within(1, wire.getHeight(), LARGEST)) {
            throw new OrderRefusedException(ErrorText.RESOLUTION);
        }
        if (wire.getGop() < -1) {
            throw new OrderRefusedException(ErrorText.GOP);
        }
        if (wire.getBitrate() < 0
                || wire.getFps() < 0
                || wire.getFps() > (long) FASTEST * Math.max(1, wire.getFpsDen())
                || !within(0, wire.getFpsDen(), FASTEST * FASTEST)
                || !within(0, wire.getQuality(), 63)) {
            throw new OrderRefusedException(ErrorText.INVALID_ARGUMENT);
        }
        String name =
                wire.getName().isEmpty()
                        ? "net_"
                                + wire.getWidth()
                                + "x"
                                + wire.getHeight()
                                + "_"
                                + wire.getBitrate()
                        : wire.getName();
        return Profile.newBuilder()
                .setName(name)
                .setWidth(wire.getWidth())
                .setHeight(wire.getHeight())
                .setBitrate(wire.getBitrate())
                .setFps(wire.getFps())
                .setFpsDen(wire.getFpsDen())
                .setGopMs(wire.getGop())
                .setProfile(encoderProfile)
                .setCodec(codec)
                .setFormat(format)
                .setQuality(wire.getQuality())
                .build();
    }

    private static boolean within(int least, int value, int most) {
        return value >= least && value <= most;
    }

    private static OutputFormat format(VideoProfile wire) throws OrderRefusedException {
        return switch (wire.getFormat()) {
            case MPEGTS -> OutputFormat.MPEGTS;
            case MP4 -> OutputFormat.MP4;
            case UNRECOGNIZED -> throw new OrderRefusedException(ErrorText.FORMAT);
        };
    }

    private static EncoderProfile encoderProfile(VideoProfile wire) throws OrderRefusedException {
        return switch (wire.getProfile()) {
            case ENCODER_DEFAULT -> EncoderProfile.NONE;
            case H264_BASELINE -> EncoderProfile.H264_BASELINE;
            case H264_MAIN -> EncoderProfile.H264_MAIN;
            case H264_HIGH -> EncoderProfile.H264_HIGH;
            case H264_CONSTRAINED_HIGH -> EncoderProfile.H264_CONSTRAINED_HIGH;
            case UNRECOGNIZED -> throw new OrderRefusedException(ErrorText.PROFILE);
        };
    }

    private static VideoCodec codec(VideoProfile wire) throws OrderRefusedException {
        return switch (wire.getEncoder()) {
            case H264 -> VideoCodec.H264;
            case H265 -> VideoCodec.H265;
            case VP8 -> VideoCodec.VP8;
            case VP9 -> VideoCodec.VP9;
            case UNRECOGNIZED -> throw new OrderRefusedException(ErrorText.CODEC);
        };
    }
}
