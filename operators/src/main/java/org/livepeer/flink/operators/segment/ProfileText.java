package org.livepeer.flink.operators.segment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Reads a ladder from text: preset names separated by commas, or go-livepeer's JSON list of
 * profiles ({@code name width height bitrate fps fpsDen profile gop encoder quality}, go-livepeer
 * {@code core.JsonProfile}).
 */
public final class ProfileText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 16 * 1024;

    private ProfileText() {}

    /**
     * The profiles of a text, in its order.
     *
     * @throws InvalidSegmentException {@link Reason#UnknownProfile} for a name that is no preset,
     *     {@link Reason#InvalidProfile} for JSON that is no list of profiles
     */
    public static List<Profile> parse(String text) throws InvalidSegmentException {
        String trimmed = text.trim();
        if (trimmed.isEmpty()) {
            throw new InvalidSegmentException(
                    Reason.UnknownProfile,
                    "no profiles: name presets such as P240p30fps16x9, or give a JSON list");
        }
        if (trimmed.length() > LONGEST) {
            throw new InvalidSegmentException(
                    Reason.InvalidProfile,
                    "profiles take "
                            + trimmed.length()
                            + " characters, at most "
                            + LONGEST
                            + " are read");
        }
        return trimmed.startsWith("[") ? fromJson(trimmed) : fromNames(trimmed);
    }

    private static List<Profile> fromNames(String text) throws InvalidSegmentException {
        List<Profile> profiles = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            profiles.add(preset(name.trim()));
        }
        return profiles;
    }

    /**
     * The preset of a name.
     *
     * @throws InvalidSegmentException {@link Reason#UnknownProfile} when there is none
     */
    public static Profile preset(String name) throws InvalidSegmentException {
        Profile preset = Presets.byName(name);
        if (preset == null) {
            throw new InvalidSegmentException(
                    Reason.UnknownProfile,
                    "'" + shortened(name) + "' is no preset; known are " + Presets.names());
        }
        return preset;
    }

    private static List<Profile> fromJson(String text) throws InvalidSegmentException {
        JsonNode list;
        try {
            list = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid("profiles are no valid JSON: " + shortened(e.getOriginalMessage()));
        }
        List<Profile> profiles = new ArrayList<>();
        for (JsonNode node : list) {
            if (!node.isObject()) {
                throw invalid("profiles must be a JSON list of objects");
            }
            profiles.add(fromNode(node));
        }
        return profiles;
    }

    private static Profile fromNode(JsonNode node) throws InvalidSegmentException {
        int width = integer(node, "width");
        int height = integer(node, "height");
        int bitrate = integer(node, "bitrate");
        String name = node.path("name").asText("");
        return new Profile(
                name.isEmpty() ? "custom_" + width + "x" + height + "_" + bitrate : name,
                width,
                height,
                bitrate,
                integer(node, "fps"),
                integer(node, "fpsDen"),
                gopMs(node.path("gop").asText("")),
                encoderProfile(node.path("profile").asText("")),
                codec(node.path("encoder").asText("")),
                OutputFormat.MPEGTS,
                integer(node, "quality"));
    }

    private static int integer(JsonNode node, String field) throws InvalidSegmentException {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw invalid("profile field '" + field + "' must be a whole number");
        }
        return value.intValue();
    }

    private static long gopMs(String text) throws InvalidSegmentException {
        if (text.isEmpty()) {
            return 0;
        }
        if (text.equals("intra")) {
            return -1;
        }
        try {
            double seconds = Double.parseDouble(text);
            if (seconds > 0 && seconds <= 300) {
                return Math.round(seconds * 1000);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw invalid(
                "gop '" + shortened(text) + "' must be \"intra\" or seconds, above 0, up to 300");
    }

    private static EncoderProfile encoderProfile(String text) throws InvalidSegmentException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "none" -> EncoderProfile.NONE;
            case "h264baseline" -> EncoderProfile.H264_BASELINE;
            case "h264main" -> EncoderProfile.H264_MAIN;
            case "h264high" -> EncoderProfile.H264_HIGH;
            case "h264constrainedhigh" -> EncoderProfile.H264_CONSTRAINED_HIGH;
            default -> throw invalid("encoder profile '" + shortened(text) + "' is not known");
        };
    }

    private static VideoCodec codec(String text) throws InvalidSegmentException {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "", "H.264", "H264" -> VideoCodec.H264;
            case "H.265", "H265", "HEVC" -> VideoCodec.H265;
            case "VP8" -> VideoCodec.VP8;
            case "VP9" -> VideoCodec.VP9;
            default -> throw invalid("encoder '" + shortened(text) + "' is not known");
        };
    }

    private static InvalidSegmentException invalid(String detail) {
        return new InvalidSegmentException(Reason.InvalidProfile, detail);
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
