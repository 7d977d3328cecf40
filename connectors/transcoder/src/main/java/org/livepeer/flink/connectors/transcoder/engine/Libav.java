package org.livepeer.flink.connectors.transcoder.engine;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** Return codes, rationals and process-wide settings of libav. */
public final class Libav {
    /** AVERROR(EAGAIN) on Linux. */
    public static final int AGAIN = -11;

    /** AVERROR(EINVAL) on Linux. */
    static final int INVALID_ARGUMENT = -22;

    /** Largest single allocation: an 8K frame of 16-bit 4:4:4 fits, a bomb does not. */
    private static final long MAX_ALLOCATION = 400L << 20;

    private Libav() {}

    /** Silences libav's own log and bounds its allocations. For the whole process. */
    public static void configure() {
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        avutil.av_max_alloc(MAX_ALLOCATION);
    }

    /**
     * Returns the code when it is no error, else throws with the reason and what was being done.
     */
    public static int check(int code, Reason reason, String what) throws TranscodeException {
        if (code < 0) {
            throw new TranscodeException(reason, what + ": " + message(code));
        }
        return code;
    }

    /** Returns the pointer when it is one, else throws: out of memory or not compiled in. */
    public static <P extends Pointer> P present(@Nullable P pointer, String what)
            throws TranscodeException {
        if (pointer == null || pointer.isNull()) {
            throw new TranscodeException(Reason.InternalError, what + " is not available");
        }
        return pointer;
    }

    /** libav's text for an error code. */
    public static String message(int code) {
        byte[] text = new byte[128];
        avutil.av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** A copy that does not point into a struct that may be freed. */
    public static AVRational copy(AVRational from) {
        return rational(from.num(), from.den());
    }

    public static AVRational rational(int num, int den) {
        return new AVRational().num(num).den(den);
    }
}
