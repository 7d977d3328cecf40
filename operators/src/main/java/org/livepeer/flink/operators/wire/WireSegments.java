package org.livepeer.flink.operators.wire;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;
import org.livepeer.flink.schemas.net.Capabilities;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.SegParameters;
import org.livepeer.flink.schemas.net.VideoProfile;

/** A segment's wishes, from the job's form to the wire's: the way back of {@link WireLadder}. */
public final class WireSegments {
    private static final int AUTH_TOKEN = 12;
    private static final int MPEG7 = 14;

    private WireSegments() {}

    /**
     * Profiles and clip, in the list that go-livepeer would choose ({@code core/streamdata.go}):
     * the third when a profile has a frame rate that is a fraction, an encoder profile or a GOP;
     * the second when one is MP4; else the first.
     */
    public static SegData.Builder of(List<Profile> profiles, @Nullable Clip clip) {
        SegData.Builder segment = SegData.newBuilder();
        boolean third =
                profiles.stream()
                        .anyMatch(
                                p ->
                                        p.getFpsDen() != 0
                                                || p.getGopMs() != 0
                                                || wire(p).getProfile()
                                                        != VideoProfile.Profile.ENCODER_DEFAULT);
        boolean second = profiles.stream().anyMatch(p -> p.getFormat() == OutputFormat.MP4);
        for (Profile profile : profiles) {
            VideoProfile wire = wire(profile);
            if (third) {
                segment.addFullProfiles3(wire);
            } else if (second) {
                segment.addFullProfiles2(wire);
            } else {
                segment.addFullProfiles(wire);
            }
        }
        if (clip != null) {
            boolean open = clip.getToMs() == WireClip.TO_THE_END_MS;
            segment.setSegmentParameters(
                    SegParameters.newBuilder()
                            .setFrom(clip.getFromMs())
                            .setTo(open ? 0 : clip.getToMs()));
        }
        return segment;
    }

    /** What a transcoder must be able to do for them (go-livepeer {@code core/capabilities.go}). */
    public static Capabilities needs(List<Profile> profiles, boolean perceptualHash) {
        BitSet bits = new BitSet();
        bits.set(AUTH_TOKEN);
        bits.set(MPEG7, perceptualHash);
        for (Profile profile : profiles) {
            bits.set(profile.getFormat() == OutputFormat.MP4 ? 2 : 1);
            bits.set(profile.getCodec() == VideoCodec.H265 ? 16 : 0);
            bits.set(3, bits.get(3) || profile.getFpsDen() > 0);
            bits.set(11, bits.get(11) || profile.getGopMs() != 0);
            switch (profile.getProfile()) {
                case H264_BASELINE -> bits.set(7);
                case H264_MAIN -> bits.set(8);
                case H264_HIGH -> bits.set(9);
                case H264_CONSTRAINED_HIGH -> bits.set(10);
                case NONE -> {}
            }
        }
        Capabilities.Builder needs = Capabilities.newBuilder();
        for (long word : bits.toLongArray()) {
            needs.addBitstring(word);
        }
        bits.stream().forEach(bit -> needs.putCapacities(bit, 1));
        return needs.setConstraints(Capabilities.Constraints.getDefaultInstance()).build();
    }

    /**
     * What a transcoder can do, in the job's words; those it had before it said so when it does
     * not.
     */
    public static Set<String> abilities(Capabilities offered) {
        return offered.getBitstringCount() == 0
                ? Set.of("encode:h264", "format:mpegts", "format:mp4")
                : CapabilityNumbers.names(offered);
    }

    private static VideoProfile wire(Profile profile) {
        return VideoProfile.newBuilder()
                .setName(profile.getName())
                .setWidth(profile.getWidth())
                .setHeight(profile.getHeight())
                .setBitrate(profile.getBitrate())
                .setFps(profile.getFps())
                .setFpsDen(profile.getFpsDen())
                .setGop((int) profile.getGopMs())
                .setQuality(profile.getQuality())
                .setFormat(
                        profile.getFormat() == OutputFormat.MP4
                                ? VideoProfile.Format.MP4
                                : VideoProfile.Format.MPEGTS)
                .setProfile(
                        switch (profile.getProfile()) {
                            case NONE -> VideoProfile.Profile.ENCODER_DEFAULT;
                            case H264_BASELINE -> VideoProfile.Profile.H264_BASELINE;
                            case H264_MAIN -> VideoProfile.Profile.H264_MAIN;
                            case H264_HIGH -> VideoProfile.Profile.H264_HIGH;
                            case H264_CONSTRAINED_HIGH ->
                                    VideoProfile.Profile.H264_CONSTRAINED_HIGH;
                        })
                .setEncoder(
                        switch (profile.getCodec()) {
                            case H264 -> VideoProfile.VideoCodec.H264;
                            case H265 -> VideoProfile.VideoCodec.H265;
                            case VP8 -> VideoProfile.VideoCodec.VP8;
                            case VP9 -> VideoProfile.VideoCodec.VP9;
                        })
                .build();
    }
}
