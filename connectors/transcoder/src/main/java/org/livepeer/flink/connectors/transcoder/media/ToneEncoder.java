package org.livepeer.flink.connectors.transcoder.media;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.livepeer.flink.connectors.transcoder.engine.FilterGraph;
import org.livepeer.flink.connectors.transcoder.engine.Libav;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** An endless beeping sine tone as AAC packets. */
final class ToneEncoder implements AutoCloseable {
    static final int SAMPLE_RATE = 48_000;
    private static final int BITRATE = 96_000;

    private final FilterGraph tone;
    private final AVCodecContext context;
    private final AVFrame frame;

    ToneEncoder() throws TranscodeException {
        Libav.configure();
        tone =
                new FilterGraph(
                        "sine=frequency=440:beep_factor=4:sample_rate="
                                + SAMPLE_RATE
                                + ",aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=1024,abuffersink@out");
        AVCodec codec =
                Libav.present(avcodec.avcodec_find_encoder(avcodec.AV_CODEC_ID_AAC), "AAC encoder");
        context = Libav.present(avcodec.avcodec_alloc_context3(codec), "AAC encoder");
        context.sample_rate(SAMPLE_RATE);
        context.sample_fmt(avutil.AV_SAMPLE_FMT_FLTP);
        avutil.av_channel_layout_default(context.ch_layout(), 2);
        context.bit_rate(BITRATE);
        context.time_base(Libav.rational(1, SAMPLE_RATE));
        frame = Libav.present(avutil.av_frame_alloc(), "frame");
        Libav.check(
                avcodec.avcodec_open2(context, codec, (AVDictionary) null),
                Reason.InternalError,
                "AAC encoder");
    }

    AVCodecParameters parameters() throws TranscodeException {
        AVCodecParameters parameters =
                Libav.present(avcodec.avcodec_parameters_alloc(), "stream parameters");
        avcodec.avcodec_parameters_from_context(parameters, context);
        return parameters;
    }

    /** The next packet; its time base is 1/SAMPLE_RATE. The caller unreferences it. */
    void next(AVPacket packet) throws TranscodeException {
        int code;
        while ((code = avcodec.avcodec_receive_packet(context, packet)) == Libav.AGAIN) {
            if (!tone.pull(frame)) {
                throw new TranscodeException(Reason.InternalError, "the tone ended");
            }
            code = avcodec.avcodec_send_frame(context, frame);
            avutil.av_frame_unref(frame);
            Libav.check(code, Reason.InternalError, "cannot encode the tone");
        }
        Libav.check(code, Reason.InternalError, "cannot encode the tone");
    }

    @Override
    public void close() {
        tone.close();
        if (!Pointer.isNull(context)) {
            avcodec.avcodec_free_context(context);
        }
        avutil.av_frame_free(frame);
    }
}
