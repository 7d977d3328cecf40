package org.livepeer.flink.connectors.transcoder.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * An x264 or x265 session set up as lpms sets it up: bitrate, floor, ceiling and buffer are one
 * number, B-frames 3 unless the profile has none, the first frame an IDR.
 */
public final class VideoEncoder implements AutoCloseable {
    private static final int B_FRAMES = 3;
    private static final AVRational USUAL_RATE = Libav.rational(30, 1);

    private final AVCodecContext context;

    /** What comes out of the filters: the input of the encoder. */
    public record Format(
            RenditionSize size,
            AVRational timeBase,
            AVRational frameRate,
            AVRational aspect,
            int pixelFormat) {
        /** 4:2:0 with 8 bits, which is what every player takes. */
        public Format(
                RenditionSize size, AVRational timeBase, AVRational frameRate, AVRational aspect) {
            this(size, timeBase, frameRate, aspect, avutil.AV_PIX_FMT_YUV420P);
        }
    }

    public VideoEncoder(Profile profile, Format format, String preset, int threads)
            throws TranscodeException {
        AVCodec codec =
                Libav.present(
                        avcodec.avcodec_find_encoder_by_name(encoderName(profile.getCodec())),
                        "encoder " + profile.getCodec());
        context = Libav.present(avcodec.avcodec_alloc_context3(codec), "encoder");
        context.width(format.size.width()).height(format.size.height());
        context.pix_fmt(format.pixelFormat);
        context.time_base(format.timeBase);
        boolean rateKnown = format.frameRate.num() > 0 && format.frameRate.den() > 0;
        context.framerate(rateKnown ? format.frameRate : USUAL_RATE);
        context.sample_aspect_ratio(format.aspect);
        context.thread_count(threads);
        setRate(profile);
        setKeyFrames(profile);
        if (profile.getFormat() == OutputFormat.MP4) {
            context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        AVDictionary options = new AVDictionary(null);
        options(profile, preset, threads)
                .forEach((key, value) -> avutil.av_dict_set(options, key, value, 0));
        int code = avcodec.avcodec_open2(context, codec, options);
        avutil.av_dict_free(options);
        if (code < 0) {
            close();
            throw new TranscodeException(
                    Reason.InternalError,
                    "cannot open the encoder for "
                            + profile.getName()
                            + ": "
                            + Libav.message(code));
        }
    }

    private static String encoderName(VideoCodec codec) throws TranscodeException {
        return switch (codec) {
            case H264 -> "libx264";
            case H265 -> "libx265";
            case VP8, VP9 ->
                    throw new TranscodeException(
                            Reason.UnsupportedMedia,
                            "this engine makes no " + codec + " renditions: ask for H264 or H265");
        };
    }

    private void setRate(Profile profile) {
        int bitrate = profile.getBitrate();
        if (bitrate > 0) {
            context.bit_rate(bitrate);
            context.rc_max_rate(bitrate);
            context.rc_min_rate(bitrate);
            context.rc_buffer_size(bitrate);
        }
    }

    private void setKeyFrames(Profile profile) {
        if (profile.getGopMs() < 0) {
            context.gop_size(0);
        } else if (profile.getGopMs() > 0 && profile.getFps() > 0) {
            long frames = profile.getGopMs() * profile.getFps() / (1000L * fpsDen(profile));
            context.gop_size((int) Math.max(1, Math.min(frames, 1_000_000)));
        }
        EncoderProfile named = profile.getProfile();
        boolean withoutB =
                named == EncoderProfile.H264_BASELINE
                        || named == EncoderProfile.H264_CONSTRAINED_HIGH;
        context.max_b_frames(withoutB ? 0 : B_FRAMES);
    }

    private static Map<String, String> options(Profile profile, String preset, int threads) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("preset", preset);
        options.put("forced-idr", "1");
        if (profile.getQuality() > 0) {
            options.put("crf", Integer.toString(Math.min(51, profile.getQuality())));
        }
        if (profile.getCodec() == VideoCodec.H265) {
            options.put("tier", "high");
            options.put(
                    "x265-params", "log-level=none:frame-threads=1:pools=" + Math.max(1, threads));
        } else {
            switch (profile.getProfile()) {
                case H264_BASELINE -> options.put("profile", "baseline");
                case H264_MAIN -> options.put("profile", "main");
                case H264_HIGH, H264_CONSTRAINED_HIGH -> options.put("profile", "high");
                case NONE -> {}
            }
        }
        return options;
    }

    static int fpsDen(Profile profile) {
        return Math.max(1, profile.getFpsDen());
    }

    /** Gives a frame, or null to end. */
    public void send(@Nullable AVFrame frame) throws TranscodeException {
        Libav.check(
                avcodec.avcodec_send_frame(context, frame),
                Reason.InternalError,
                "cannot encode a frame");
    }

    /** Takes a packet that is ready; false when there is none. */
    public boolean receive(AVPacket packet) throws TranscodeException {
        int code = avcodec.avcodec_receive_packet(context, packet);
        if (code == Libav.AGAIN || code == avutil.AVERROR_EOF) {
            return false;
        }
        Libav.check(code, Reason.InternalError, "cannot encode a frame");
        return true;
    }

    /** Copies the encoder's parameters; the caller frees them. */
    public AVCodecParameters parameters() throws TranscodeException {
        AVCodecParameters parameters =
                Libav.present(avcodec.avcodec_parameters_alloc(), "stream parameters");
        Libav.check(
                avcodec.avcodec_parameters_from_context(parameters, context),
                Reason.InternalError,
                "encoder parameters");
        return parameters;
    }

    public AVRational timeBase() {
        return context.time_base();
    }

    @Override
    public void close() {
        if (!Pointer.isNull(context)) {
            avcodec.avcodec_free_context(context);
        }
    }
}
