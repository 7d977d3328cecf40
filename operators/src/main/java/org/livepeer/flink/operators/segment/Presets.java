package org.livepeer.flink.operators.segment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/** The named profiles of the network (lpms, {@code ffmpeg/videoprofile.go}). */
public final class Presets {
    private static final Map<String, Profile> BY_NAME = new LinkedHashMap<>();

    static {
        add("P720p60fps16x9", 1280, 720, 6_000_000, 60);
        add("P720p30fps16x9", 1280, 720, 4_000_000, 30);
        add("P720p25fps16x9", 1280, 720, 3_500_000, 25);
        add("P720p30fps4x3", 960, 720, 3_500_000, 30);
        add("P576p30fps16x9", 1024, 576, 1_500_000, 30);
        add("P576p25fps16x9", 1024, 576, 1_500_000, 25);
        add("P360p30fps16x9", 640, 360, 1_200_000, 30);
        add("P360p25fps16x9", 640, 360, 1_000_000, 25);
        add("P360p30fps4x3", 480, 360, 1_000_000, 30);
        add("P240p30fps16x9", 426, 240, 600_000, 30);
        add("P240p25fps16x9", 426, 240, 600_000, 25);
        add("P240p30fps4x3", 320, 240, 600_000, 30);
        add("P144p30fps16x9", 256, 144, 400_000, 30);
        add("P144p25fps16x9", 256, 144, 400_000, 25);
    }

    private Presets() {}

    /** The preset of a name, or null. The caller gets a record of its own. */
    public static @Nullable Profile byName(String name) {
        Profile preset = BY_NAME.get(name);
        return preset == null ? null : Profile.newBuilder(preset).build();
    }

    /** All names, largest picture first. */
    public static Set<String> names() {
        return BY_NAME.keySet();
    }

    private static void add(String name, int width, int height, int bitrate, int fps) {
        BY_NAME.put(
                name,
                new Profile(
                        name,
                        width,
                        height,
                        bitrate,
                        fps,
                        0,
                        0L,
                        EncoderProfile.NONE,
                        VideoCodec.H264,
                        OutputFormat.MPEGTS,
                        0));
    }
}
