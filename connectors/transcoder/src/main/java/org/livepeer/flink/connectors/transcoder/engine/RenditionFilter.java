package org.livepeer.flink.connectors.transcoder.engine;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.Profile;

/**
 * Scales decoded frames to one rendition and then sets its frame rate, in that order, so that
 * frames that are only repeated cost no scaling. A source that changes its shape on the way gets a
 * new graph; the rendition keeps its size.
 */
final class RenditionFilter implements AutoCloseable {
    private final Profile profile;
    private final RenditionSize size;
    private final AVRational sourceTimeBase;
    private final AVRational sourceRate;
    private Shape shape;
    private FilterGraph graph;

    /** What a graph is made for; another frame needs another graph. */
    private record Shape(
            int width, int height, int format, int space, int range, int aspectNum, int aspectDen) {
        static Shape of(AVFrame frame) {
            AVRational aspect = frame.sample_aspect_ratio();
            return new Shape(
                    frame.width(),
                    frame.height(),
                    frame.format(),
                    frame.colorspace(),
                    frame.color_range(),
                    aspect.num(),
                    aspect.den());
        }
    }

    RenditionFilter(
            Profile profile, AVFrame first, AVRational sourceTimeBase, AVRational sourceRate)
            throws TranscodeException {
        this.profile = profile;
        this.sourceTimeBase = sourceTimeBase;
        this.sourceRate = sourceRate;
        this.size =
                RenditionSize.of(
                        first.width(),
                        first.height(),
                        profile.getWidth(),
                        profile.getHeight(),
                        profile.getCodec());
        this.shape = Shape.of(first);
        this.graph = open(shape);
    }

    private FilterGraph open(Shape from) throws TranscodeException {
        StringBuilder text = new StringBuilder();
        text.append("buffer@in=video_size=")
                .append(from.width + "x" + from.height)
                .append(":pix_fmt=" + from.format)
                .append(":time_base=" + sourceTimeBase.num() + "/" + sourceTimeBase.den())
                .append(":pixel_aspect=" + from.aspectNum + "/" + Math.max(1, from.aspectDen))
                .append(":colorspace=" + from.space)
                .append(":range=" + from.range);
        if (sourceRate.num() > 0) {
            text.append(":frame_rate=" + sourceRate.num() + "/" + sourceRate.den());
        }
        text.append(",scale=w=" + size.width() + ":h=" + size.height());
        text.append(",format=yuv420p");
        if (profile.getFps() > 0) {
            text.append(",fps=" + profile.getFps() + "/" + VideoEncoder.fpsDen(profile));
        }
        return new FilterGraph(text.append(",buffersink@out").toString());
    }

    /** Whether the frame needs another graph: then end this one, take what is left, and renew. */
    boolean fits(AVFrame frame) {
        return Shape.of(frame).equals(shape);
    }

    void renew(AVFrame frame) throws TranscodeException {
        graph.close();
        shape = Shape.of(frame);
        graph = open(shape);
    }

    /** Gives a decoded frame, or null to end. */
    void push(@Nullable AVFrame frame) throws TranscodeException {
        graph.push(frame);
    }

    boolean pull(AVFrame frame) throws TranscodeException {
        return graph.pull(frame);
    }

    RenditionSize size() {
        return size;
    }

    VideoEncoder.Format format() {
        AVRational aspect = graph.sampleAspectRatio();
        boolean square = shape.aspectNum == shape.aspectDen || shape.aspectNum == 0;
        AVRational rate =
                profile.getFps() > 0
                        ? Libav.rational(profile.getFps(), VideoEncoder.fpsDen(profile))
                        : graph.frameRate();
        return new VideoEncoder.Format(
                size, graph.timeBase(), rate, square ? Libav.rational(1, 1) : aspect);
    }

    @Override
    public void close() {
        graph.close();
    }

    /** No time stamp. */
    static boolean missing(long pts) {
        return pts == avutil.AV_NOPTS_VALUE;
    }
}
