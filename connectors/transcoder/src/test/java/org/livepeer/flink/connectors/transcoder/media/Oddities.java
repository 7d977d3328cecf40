package org.livepeer.flink.connectors.transcoder.media;

import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.connectors.transcoder.engine.Demuxer;
import org.livepeer.flink.connectors.transcoder.engine.FilterGraph;
import org.livepeer.flink.connectors.transcoder.engine.Libav;
import org.livepeer.flink.connectors.transcoder.engine.MediaInput;
import org.livepeer.flink.connectors.transcoder.engine.Muxer;
import org.livepeer.flink.connectors.transcoder.engine.RenditionSize;
import org.livepeer.flink.connectors.transcoder.engine.VideoEncoder;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.schemas.Profile;

/** Media as it should not be. */
public final class Oddities {
    private static final AVRational NINETY = Libav.rational(1, 90_000);

    private Oddities() {}

    /** One second of tone without a picture. */
    public static byte[] audioOnly() throws Exception {
        AVPacket packet = avcodec.av_packet_alloc();
        AVRational base = Libav.rational(1, ToneEncoder.SAMPLE_RATE);
        try (ToneEncoder tone = new ToneEncoder();
                Muxer muxer = Muxer.mpegTs()) {
            muxer.add(tone.parameters(), base);
            muxer.start();
            for (int i = 0; i < 47; i++) {
                tone.next(packet);
                packet.pts(packet.pts() + 480_000);
                packet.dts(packet.dts() + 480_000);
                muxer.write(packet, 0, base);
                avcodec.av_packet_unref(packet);
            }
            return muxer.finish();
        } finally {
            avcodec.av_packet_free(packet);
        }
    }

    /** The video of a segment without its key frames. */
    public static byte[] withoutKeyFrames(byte[] segment) throws Exception {
        return remuxed(List.of(segment), 0, false, 0);
    }

    /**
     * The video of several segments in one, each beginning so many seconds after the one before.
     */
    public static byte[] joined(int seconds, byte[]... segments) throws Exception {
        return remuxed(List.of(segments), seconds, true, 0);
    }

    /** The video of a segment whose second half comes so many seconds too late. */
    public static byte[] withGap(byte[] segment, int seconds) throws Exception {
        return remuxed(List.of(segment), 0, true, seconds);
    }

    private static byte[] remuxed(List<byte[]> segments, int apart, boolean keys, int gap)
            throws Exception {
        AVPacket packet = avcodec.av_packet_alloc();
        try (Muxer muxer = Muxer.mpegTs()) {
            boolean started = false;
            long shift = 0;
            for (byte[] segment : segments) {
                try (Demuxer demuxer =
                        Demuxer.open(MediaInput.of(new TranscodeJob.InMemory(segment)))) {
                    AVStream video = demuxer.video();
                    if (!started) {
                        muxer.add(video.codecpar(), NINETY);
                        muxer.start();
                        started = true;
                    }
                    int count = 0;
                    while (demuxer.read(packet)) {
                        boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
                        if (packet.stream_index() == video.index() && (keys || !key)) {
                            long late = shift + (count++ >= 5 ? gap * 90_000L : 0);
                            packet.pts(packet.pts() + late);
                            packet.dts(packet.dts() + late);
                            Libav.check(
                                    muxer.write(packet, 0, NINETY),
                                    org.livepeer.flink.operators.Reason.InternalError,
                                    "write");
                        }
                        avcodec.av_packet_unref(packet);
                    }
                }
                shift += apart * 90_000L;
            }
            return muxer.finish();
        } finally {
            avcodec.av_packet_free(packet);
        }
    }

    /** Ten frames of any even size, 2x2 too. */
    public static byte[] ofSize(int width, int height) throws Exception {
        Profile profile =
                Profile.newBuilder()
                        .setName("odd")
                        .setWidth(width)
                        .setHeight(height)
                        .setBitrate(500_000)
                        .setFps(10)
                        .build();
        AVRational base = Libav.rational(1, 10);
        var format =
                new VideoEncoder.Format(
                        new RenditionSize(width, height),
                        base,
                        Libav.rational(10, 1),
                        Libav.rational(1, 1));
        AVPacket packet = avcodec.av_packet_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        String picture = "color=c=gray:size=%dx%d:rate=10,format=yuv420p,buffersink@out";
        try (FilterGraph graph = new FilterGraph(picture.formatted(width, height));
                VideoEncoder encoder = new VideoEncoder(profile, format, "ultrafast", 1);
                Muxer muxer = Muxer.mpegTs()) {
            muxer.add(encoder.parameters(), base);
            muxer.start();
            for (int i = 0; i <= 10; i++) {
                if (i < 10) {
                    graph.pull(frame);
                    frame.pts(100 + i);
                    encoder.send(frame);
                    avutil.av_frame_unref(frame);
                } else {
                    encoder.send(null);
                }
                while (encoder.receive(packet)) {
                    muxer.write(packet, 0, base);
                    avcodec.av_packet_unref(packet);
                }
            }
            return muxer.finish();
        } finally {
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(frame);
        }
    }

    /** Ten grey frames of one pixel, 4:4:4 because nothing else has an odd size. */
    public static byte[] onePixel() throws Exception {
        AVRational base = Libav.rational(1, 10);
        AVCodecContext encoder =
                avcodec.avcodec_alloc_context3(avcodec.avcodec_find_encoder_by_name("libx264"));
        AVCodecParameters parameters = avcodec.avcodec_parameters_alloc();
        AVPacket packet = avcodec.av_packet_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        String picture = "color=c=gray:size=1x1:rate=10,format=yuv444p,buffersink@out";
        try (FilterGraph graph = new FilterGraph(picture);
                Muxer muxer = Muxer.mpegTs()) {
            encoder.width(1).height(1).pix_fmt(avutil.AV_PIX_FMT_YUV444P);
            encoder.time_base(base);
            int opened = avcodec.avcodec_open2(encoder, encoder.codec(), (AVDictionary) null);
            Libav.check(opened, org.livepeer.flink.operators.Reason.InternalError, "open");
            avcodec.avcodec_parameters_from_context(parameters, encoder);
            muxer.add(parameters, base);
            muxer.start();
            for (int i = 0; i <= 10; i++) {
                if (i < 10) {
                    graph.pull(frame);
                    frame.pts(100 + i);
                    avcodec.avcodec_send_frame(encoder, frame);
                    avutil.av_frame_unref(frame);
                } else {
                    avcodec.avcodec_send_frame(encoder, null);
                }
                while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
                    muxer.write(packet, 0, base);
                    avcodec.av_packet_unref(packet);
                }
            }
            return muxer.finish();
        } finally {
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(frame);
            avcodec.avcodec_parameters_free(parameters);
            avcodec.avcodec_free_context(encoder);
        }
    }
}
