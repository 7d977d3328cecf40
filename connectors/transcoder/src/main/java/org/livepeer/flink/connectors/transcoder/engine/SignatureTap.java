package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/** Makes the MPEG-7 video signature (ISO 15938-3) of the frames that are encoded. */
final class SignatureTap implements AutoCloseable {
    private final Path file;
    private final FilterGraph graph;
    private final AVFrame passed;

    /**
     * @param file where the filter writes it; must not exist, is deleted
     */
    SignatureTap(Path file, RenditionSize size) throws TranscodeException {
        this.file = file;
        String text =
                "buffer@in=video_size=%dx%d:pix_fmt=%d:time_base=1/90000,signature@sign=format=binary,buffersink@out"
                        .formatted(size.width(), size.height(), avutil.AV_PIX_FMT_YUV420P);
        graph =
                new FilterGraph(
                        text,
                        parsed -> {
                            AVFilterContext filter =
                                    Libav.present(
                                            avfilter.avfilter_graph_get_filter(
                                                    parsed, "signature@sign"),
                                            "signature filter");
                            Libav.check(
                                    avutil.av_opt_set(
                                            filter.priv(), "filename", file.toString(), 0),
                                    Reason.InternalError,
                                    "signature file");
                        });
        passed = Libav.present(avutil.av_frame_alloc(), "frame");
    }

    void see(AVFrame frame) throws TranscodeException {
        graph.push(frame);
        drain();
    }

    /** Ends the signature and returns it. */
    byte[] finish() throws TranscodeException {
        graph.push(null);
        drain();
        graph.close();
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TranscodeException(
                    Reason.InternalError, "cannot read the signature back: " + e, e);
        }
    }

    private void drain() throws TranscodeException {
        while (graph.pull(passed)) {
            avutil.av_frame_unref(passed);
        }
    }

    @Override
    public void close() {
        graph.close();
        avutil.av_frame_free(passed);
        file.toFile().delete();
    }
}
