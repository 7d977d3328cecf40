package org.livepeer.flink.connectors.transcoder.engine;

import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avcodec;
import org.livepeer.flink.schemas.VideoCodec;

/** RFC 6381 codec strings, read from what was really encoded. */
final class CodecStrings {
    private static final int H264_SPS = 7;
    private static final int HEVC_SPS = 33;

    private CodecStrings() {}

    /**
     * The string of a video stream, from the sequence parameter set in its first access unit.
     *
     * @param annexB NAL units with start codes
     * @return for example avc1.64001e, or "" when there is no parameter set
     */
    static String video(VideoCodec codec, byte[] annexB) {
        boolean hevc = codec == VideoCodec.H265;
        for (int at = 0; at + 4 < annexB.length; at++) {
            if (annexB[at] != 0 || annexB[at + 1] != 0 || annexB[at + 2] != 1) {
                continue;
            }
            int start = at + 3;
            int type = hevc ? (annexB[start] >> 1) & 0x3f : annexB[start] & 0x1f;
            if (!hevc && type == H264_SPS && start + 3 < annexB.length) {
                return String.format(
                        Locale.ROOT,
                        "avc1.%02x%02x%02x",
                        annexB[start + 1],
                        annexB[start + 2],
                        annexB[start + 3]);
            }
            if (hevc && type == HEVC_SPS) {
                return hevc(unescape(annexB, start + 2, 16));
            }
        }
        return "";
    }

    /** ISO 14496-15, annex E.3: profile, compatibility, tier and level, constraints. */
    private static String hevc(byte[] sps) {
        if (sps.length < 13) {
            return "";
        }
        int profile = sps[1] & 0xff;
        int compatibility = 0;
        for (int i = 2; i < 6; i++) {
            compatibility = compatibility << 8 | sps[i] & 0xff;
        }
        StringBuilder text = new StringBuilder("hvc1.");
        int space = profile >> 6;
        if (space > 0) {
            text.append((char) ('A' + space - 1));
        }
        text.append(profile & 0x1f)
                .append('.')
                .append(Integer.toHexString(Integer.reverse(compatibility)))
                .append((profile & 0x20) != 0 ? ".H" : ".L")
                .append(sps[12] & 0xff);
        int last = 11;
        while (last >= 6 && sps[last] == 0) {
            last--;
        }
        for (int i = 6; i <= last; i++) {
            text.append('.').append(Integer.toHexString(sps[i] & 0xff));
        }
        return text.toString();
    }

    /** Up to count bytes without the emulation prevention bytes. */
    private static byte[] unescape(byte[] from, int start, int count) {
        byte[] out = new byte[count];
        int length = 0;
        for (int i = start; i < from.length && length < count; i++) {
            boolean escape = from[i] == 3 && i >= start + 2 && from[i - 1] == 0 && from[i - 2] == 0;
            if (!escape) {
                out[length++] = from[i];
            }
        }
        return Arrays.copyOf(out, length);
    }

    /**
     * The string of an audio stream.
     *
     * @param codec libav's codec id
     * @param profile libav's profile number, negative when unknown
     */
    static String audio(int codec, int profile) {
        if (codec == avcodec.AV_CODEC_ID_AAC) {
            return "mp4a.40." + (profile >= 0 ? profile + 1 : 2);
        }
        if (codec == avcodec.AV_CODEC_ID_MP3) {
            return "mp4a.40.34";
        }
        if (codec == avcodec.AV_CODEC_ID_AC3) {
            return "ac-3";
        }
        if (codec == avcodec.AV_CODEC_ID_EAC3) {
            return "ec-3";
        }
        return codec == avcodec.AV_CODEC_ID_OPUS ? "opus" : "";
    }
}
