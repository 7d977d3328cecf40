package org.livepeer.flink.connectors.transcoder.engine;

import java.util.Objects;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/** How alike two videos of one size are, frame by frame. */
final class Likeness {
    private Likeness() {}

    /** Mean luma SSIM over all frames, 1 for equal ones. */
    static double ssim(byte[] one, byte[] other) throws Exception {
        AVFrame left = avutil.av_frame_alloc();
        AVFrame right = avutil.av_frame_alloc();
        AVFrame out = avutil.av_frame_alloc();
        AVFilterGraph graph = avfilter.avfilter_graph_alloc();
        double sum = 0;
        int frames = 0;
        try (Frames first = new Frames(one);
                Frames second = new Frames(other)) {
            while (first.next(left) && second.next(right)) {
                if (frames == 0) {
                    String buffer =
                            "=video_size=%dx%d:pix_fmt=0:time_base=1/30"
                                    .formatted(left.width(), left.height());
                    String text =
                            "buffer@a"
                                    + buffer
                                    + "[a];buffer@b"
                                    + buffer
                                    + "[b];[a][b]ssim,buffersink@out";
                    AVFilterInOut in = new AVFilterInOut(null);
                    AVFilterInOut outs = new AVFilterInOut(null);
                    Libav.check(
                            avfilter.avfilter_graph_parse2(graph, text, in, outs),
                            Reason.InternalError,
                            text);
                    Libav.check(
                            avfilter.avfilter_graph_config(graph, null),
                            Reason.InternalError,
                            text);
                }
                left.pts(frames);
                right.pts(frames);
                frames++;
                avfilter.av_buffersrc_add_frame(named(graph, "buffer@a"), left);
                avfilter.av_buffersrc_add_frame(named(graph, "buffer@b"), right);
                sum += drain(graph, out);
            }
            avfilter.av_buffersrc_add_frame(named(graph, "buffer@a"), null);
            avfilter.av_buffersrc_add_frame(named(graph, "buffer@b"), null);
            return (sum + drain(graph, out)) / frames;
        } finally {
            avfilter.avfilter_graph_free(graph);
            avutil.av_frame_free(left);
            avutil.av_frame_free(right);
            avutil.av_frame_free(out);
        }
    }

    private static AVFilterContext named(AVFilterGraph graph, String name) {
        return Objects.requireNonNull(avfilter.avfilter_graph_get_filter(graph, name));
    }

    private static double drain(AVFilterGraph graph, AVFrame out) {
        double sum = 0;
        while (avfilter.av_buffersink_get_frame(named(graph, "buffersink@out"), out) >= 0) {
            AVDictionaryEntry entry = avutil.av_dict_get(out.metadata(), "lavfi.ssim.Y", null, 0);
            sum += Double.parseDouble(entry.value().getString());
            avutil.av_frame_unref(out);
        }
        return sum;
    }

    /** The decoded frames of a video, one at a time. */
    private static final class Frames implements AutoCloseable {
        private final Demuxer demuxer;
        private final VideoDecoder decoder;
        private final AVPacket packet = avcodec.av_packet_alloc();
        private boolean ended;

        Frames(byte[] bytes) throws Exception {
            demuxer = Demuxer.open(MediaInput.of(new TranscodeJob.InMemory(bytes)));
            decoder =
                    new VideoDecoder(demuxer.video(), demuxer.frameRate(), EngineLimits.defaults());
        }

        boolean next(AVFrame frame) throws Exception {
            while (!decoder.receive(frame)) {
                if (ended) {
                    return false;
                }
                ended = !demuxer.read(packet);
                if (ended) {
                    decoder.send(null);
                } else if (demuxer.isVideo(packet)) {
                    decoder.send(packet);
                }
                avcodec.av_packet_unref(packet);
            }
            return true;
        }

        @Override
        public void close() {
            decoder.close();
            demuxer.close();
            avcodec.av_packet_free(packet);
        }
    }
}
