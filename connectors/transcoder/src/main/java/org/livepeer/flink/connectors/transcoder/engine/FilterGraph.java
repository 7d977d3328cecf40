package org.livepeer.flink.connectors.transcoder.engine;

import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * A libavfilter graph written as text: an optional source named {@code in}, a sink named {@code
 * out}, each as {@code buffer@in} and {@code buffersink@out} (or their audio forms).
 */
public final class FilterGraph implements AutoCloseable {
    private static final int KEEP_REFERENCE = 8;

    private final AVFilterGraph graph;
    private final @Nullable AVFilterContext in;
    private final AVFilterContext out;

    /** Called between parsing and configuring, for options that do not fit into the text. */
    @FunctionalInterface
    interface Adjustment {
        void apply(AVFilterGraph graph) throws TranscodeException;
    }

    public FilterGraph(String text) throws TranscodeException {
        this(text, graph -> {});
    }

    FilterGraph(String text, Adjustment adjustment) throws TranscodeException {
        graph = Libav.present(avfilter.avfilter_graph_alloc(), "filter graph");
        try {
            graph.nb_threads(1);
            AVFilterInOut inputs = new AVFilterInOut(null);
            AVFilterInOut outputs = new AVFilterInOut(null);
            int code = avfilter.avfilter_graph_parse2(graph, text, inputs, outputs);
            avfilter.avfilter_inout_free(inputs);
            avfilter.avfilter_inout_free(outputs);
            Libav.check(code, Reason.InternalError, "filter graph " + text);
            adjustment.apply(graph);
            Libav.check(
                    avfilter.avfilter_graph_config(graph, null),
                    Reason.InternalError,
                    "filter graph " + text);
            in = named("buffer@in");
            AVFilterContext sink = named("buffersink@out");
            out = Libav.present(sink == null ? named("abuffersink@out") : sink, "filter sink");
        } catch (TranscodeException | RuntimeException e) {
            avfilter.avfilter_graph_free(graph);
            throw e;
        }
    }

    private @Nullable AVFilterContext named(String name) {
        AVFilterContext found = avfilter.avfilter_graph_get_filter(graph, name);
        return Pointer.isNull(found) ? null : found;
    }

    /** Gives a frame to the source; null ends it. */
    void push(@Nullable AVFrame frame) throws TranscodeException {
        Libav.check(
                avfilter.av_buffersrc_add_frame_flags(in, frame, KEEP_REFERENCE),
                Reason.InternalError,
                "cannot filter a frame");
    }

    /** Takes a frame that is ready; false when there is none. The caller unreferences it. */
    public boolean pull(AVFrame frame) throws TranscodeException {
        int code = avfilter.av_buffersink_get_frame(out, frame);
        if (code == Libav.AGAIN || code == avutil.AVERROR_EOF) {
            return false;
        }
        Libav.check(code, Reason.InternalError, "cannot filter a frame");
        return true;
    }

    /** Time base of the frames that come out. */
    public AVRational timeBase() {
        return avfilter.av_buffersink_get_time_base(out);
    }

    AVRational frameRate() {
        return avfilter.av_buffersink_get_frame_rate(out);
    }

    AVRational sampleAspectRatio() {
        return avfilter.av_buffersink_get_sample_aspect_ratio(out);
    }

    @Override
    public void close() {
        if (!Pointer.isNull(graph)) {
            avfilter.avfilter_graph_free(graph);
        }
    }
}
