package org.livepeer.flink.connectors.transcoder.engine;

import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * Opens foreign media with the doors shut: only the containers and codecs named here are tried, and
 * nothing inside the media can make libav open a file or an address.
 */
public final class Demuxer implements AutoCloseable {
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "format_whitelist",
                    "mpegts,mov,mp4,m4a,3gp,3g2,mj2,flv,matroska,webm",
                    "protocol_whitelist",
                    "none",
                    "codec_whitelist",
                    "h264,hevc,vp8,vp9,aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,opus");

    private static final long MICROS = 1_000_000;

    private final MediaInput input;
    private final AVFormatContext context;
    private final int video;
    private final int audio;

    private Demuxer(MediaInput input) throws TranscodeException {
        this.input = input;
        AVFormatContext opened =
                Libav.present(avformat.avformat_alloc_context(), "demuxer context");
        opened.pb(input.io());
        AVDictionary options = new AVDictionary(null);
        OPTIONS.forEach((key, value) -> avutil.av_dict_set(options, key, value, 0));
        // A failed open frees the context.
        int code = avformat.avformat_open_input(opened, (String) null, null, options);
        avutil.av_dict_free(options);
        if (code < 0) {
            input.close();
            throw refused(code);
        }
        this.context = opened;
        try {
            Libav.check(
                    avformat.avformat_find_stream_info(context, (AVDictionary) null),
                    Reason.TranscoderInvalidVideo,
                    "cannot find the streams of the media");
            this.video = best(avutil.AVMEDIA_TYPE_VIDEO, -1);
            this.audio = video < 0 ? -1 : best(avutil.AVMEDIA_TYPE_AUDIO, video);
        } catch (TranscodeException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the media and takes over the input.
     *
     * @throws TranscodeException UnsupportedMedia for another container, TranscoderInvalidVideo for
     *     no media at all or media without video
     */
    public static Demuxer open(MediaInput input) throws TranscodeException {
        Demuxer demuxer = new Demuxer(input);
        if (demuxer.video < 0) {
            demuxer.close();
            throw new TranscodeException(
                    Reason.TranscoderInvalidVideo, "the media has no video stream");
        }
        return demuxer;
    }

    private static TranscodeException refused(int code) {
        if (code == Libav.INVALID_ARGUMENT) {
            return new TranscodeException(
                    Reason.UnsupportedMedia, "the container is not accepted: send MPEG-TS or MP4");
        }
        return new TranscodeException(
                Reason.TranscoderInvalidVideo, "cannot open the media: " + Libav.message(code));
    }

    private int best(int type, int related) {
        return avformat.av_find_best_stream(
                context, type, -1, related, (org.bytedeco.javacpp.PointerPointer<?>) null, 0);
    }

    /** Reads the next packet; false at the end or at damage that ends the reading. */
    public boolean read(AVPacket packet) {
        return avformat.av_read_frame(context, packet) >= 0;
    }

    public AVStream video() {
        return context.streams(video);
    }

    /** The audio stream that is copied, or null when there is none that TS and MP4 can carry. */
    public @Nullable AVStream audio() {
        if (audio < 0) {
            return null;
        }
        AVStream stream = context.streams(audio);
        int codec = stream.codecpar().codec_id();
        boolean carried =
                codec == avcodec.AV_CODEC_ID_AAC
                        || codec == avcodec.AV_CODEC_ID_MP3
                        || codec == avcodec.AV_CODEC_ID_AC3
                        || codec == avcodec.AV_CODEC_ID_EAC3
                        || codec == avcodec.AV_CODEC_ID_OPUS;
        return carried && stream.codecpar().sample_rate() > 0 ? stream : null;
    }

    boolean isVideo(AVPacket packet) {
        return packet.stream_index() == video;
    }

    boolean isAudio(AVPacket packet) {
        return packet.stream_index() == audio;
    }

    /** Playing time in ms as the container tells it, or -1 when it is not told or only guessed. */
    long durationMs() {
        boolean guessed =
                context.duration_estimation_method() == avformat.AVFMT_DURATION_FROM_BITRATE;
        return context.duration() == avutil.AV_NOPTS_VALUE || guessed
                ? -1
                : context.duration() / (MICROS / 1000);
    }

    /** Frames per second of the video as container and codec tell it; 0/1 when unknown. */
    AVRational frameRate() {
        AVRational rate = avformat.av_guess_frame_rate(context, video(), null);
        return rate.num() > 0 && rate.den() > 0 ? rate : Libav.rational(0, 1);
    }

    @Override
    public void close() {
        if (!Pointer.isNull(context)) {
            avformat.avformat_close_input(context);
        }
        input.close();
    }
}
