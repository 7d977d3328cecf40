package org.livepeer.flink.connectors.transcoder.engine;

import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** Decodes the video stream, once for all renditions, and repairs its time stamps. */
public final class VideoDecoder implements AutoCloseable {
    private static final Set<Integer> CODECS =
            Set.of(
                    avcodec.AV_CODEC_ID_H264,
                    avcodec.AV_CODEC_ID_HEVC,
                    avcodec.AV_CODEC_ID_VP8,
                    avcodec.AV_CODEC_ID_VP9);

    private final AVCodecContext context;
    private final AVRational timeBase;
    private final long maxFramePixels;
    private final long frameStep;
    private long lastPts = avutil.AV_NOPTS_VALUE;
    private boolean keyPacketSeen;
    private long frames;
    private long pixels;

    /**
     * @param frameRate frames per second or 0/1, for frames that have no time stamp
     * @throws TranscodeException UnsupportedMedia for another codec, PixelLimitExceeded for frames
     *     larger than the limit
     */
    public VideoDecoder(AVStream stream, AVRational frameRate, EngineLimits limits)
            throws TranscodeException {
        AVCodecParameters parameters = stream.codecpar();
        maxFramePixels = limits.maxFramePixels();
        if (!CODECS.contains(parameters.codec_id())) {
            throw new TranscodeException(
                    Reason.UnsupportedMedia,
                    "video codec "
                            + avcodec.avcodec_get_name(parameters.codec_id()).getString()
                            + " is not accepted: send H.264, HEVC, VP8 or VP9");
        }
        checkSize(parameters.width(), parameters.height());
        timeBase = Libav.copy(stream.time_base());
        frameStep =
                frameRate.num() > 0
                        ? Math.max(
                                1,
                                avutil.av_rescale_q(
                                        1,
                                        Libav.rational(frameRate.den(), frameRate.num()),
                                        timeBase))
                        : 1;
        AVCodec codec =
                Libav.present(avcodec.avcodec_find_decoder(parameters.codec_id()), "decoder");
        context = Libav.present(avcodec.avcodec_alloc_context3(codec), "decoder");
        try {
            Libav.check(
                    avcodec.avcodec_parameters_to_context(context, parameters),
                    Reason.TranscoderInvalidVideo,
                    "video parameters");
            context.pkt_timebase(stream.time_base());
            context.thread_count(1);
            context.max_pixels(maxFramePixels);
            Libav.check(
                    avcodec.avcodec_open2(context, codec, (AVDictionary) null),
                    Reason.TranscoderInvalidVideo,
                    "cannot open the video decoder");
        } catch (TranscodeException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void checkSize(int width, int height) throws TranscodeException {
        if ((long) width * height > maxFramePixels) {
            throw new TranscodeException(
                    Reason.PixelLimitExceeded,
                    "frames of "
                            + width
                            + "x"
                            + height
                            + " are larger than the "
                            + maxFramePixels
                            + " pixels that are accepted");
        }
    }

    /** Gives a packet to the decoder, or null to end; a damaged packet is skipped. */
    public void send(@Nullable AVPacket packet) {
        if (packet != null && (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0) {
            keyPacketSeen = true;
        }
        avcodec.avcodec_send_packet(context, packet);
    }

    /**
     * Takes the next decoded frame; false when more packets are needed. Its pts is set and larger
     * than the one before.
     */
    public boolean receive(AVFrame frame) throws TranscodeException {
        if (avcodec.avcodec_receive_frame(context, frame) < 0) {
            return false;
        }
        checkSize(frame.width(), frame.height());
        long pts =
                frame.pts() != avutil.AV_NOPTS_VALUE ? frame.pts() : frame.best_effort_timestamp();
        if (lastPts != avutil.AV_NOPTS_VALUE && (pts == avutil.AV_NOPTS_VALUE || pts <= lastPts)) {
            pts = lastPts + (pts == avutil.AV_NOPTS_VALUE ? frameStep : 1);
        } else if (pts == avutil.AV_NOPTS_VALUE) {
            pts = 0;
        }
        lastPts = pts;
        frame.pts(pts);
        frames++;
        pixels += (long) frame.width() * frame.height();
        return true;
    }

    AVRational timeBase() {
        return timeBase;
    }

    public long frames() {
        return frames;
    }

    /** Sum of width times height over the decoded frames. */
    public long pixels() {
        return pixels;
    }

    boolean keyPacketSeen() {
        return keyPacketSeen;
    }

    @Override
    public void close() {
        if (!Pointer.isNull(context)) {
            avcodec.avcodec_free_context(context);
        }
    }
}
