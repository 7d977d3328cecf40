package org.livepeer.flink.connectors.transcoder.engine;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

/** One rendition in the making: decoded frames in, a container out. */
final class RenditionStage implements AutoCloseable {
    private final Profile profile;
    private final JobGuard guard;
    private final VideoDecoder decoder;
    private final RenditionFilter filter;
    private final VideoEncoder encoder;
    private final RenditionWriter writer;
    private final @Nullable SignatureTap signature;
    private final AVFrame filtered;
    private final AVPacket packet;
    private final long keyStep;
    private long nextKey;
    private long lastPts = avutil.AV_NOPTS_VALUE;
    private long sent;

    /** What the stages of a job have in common. */
    record Setting(
            EngineSettings settings,
            VideoDecoder decoder,
            AVRational frameRate,
            @Nullable AVStream audio,
            boolean perceptualHash,
            JobGuard guard) {}

    /**
     * @param first the first decoded frame; it gives the size, and is not yet taken
     */
    RenditionStage(Profile profile, int index, AVFrame first, Setting setting)
            throws TranscodeException {
        this.profile = profile;
        this.guard = setting.guard;
        this.decoder = setting.decoder;
        EngineSettings settings = setting.settings;
        Path temp = settings.tempDir();
        AutoCloseable[] opened = new AutoCloseable[4];
        try {
            filter = new RenditionFilter(profile, first, decoder.timeBase(), setting.frameRate);
            opened[0] = filter;
            encoder =
                    new VideoEncoder(
                            profile, filter.format(), settings.preset(), settings.threads());
            opened[1] = encoder;
            writer =
                    new RenditionWriter(
                            encoder,
                            profile.getCodec(),
                            profile.getFormat(),
                            setting.audio,
                            temp.resolve("rendition-" + index + ".mp4"),
                            guard);
            opened[2] = writer;
            signature =
                    setting.perceptualHash
                            ? new SignatureTap(
                                    temp.resolve("rendition-" + index + ".bin"), filter.size())
                            : null;
            opened[3] = signature == null ? () -> {} : signature;
            filtered = Libav.present(avutil.av_frame_alloc(), "frame");
            packet = Libav.present(avcodec.av_packet_alloc(), "packet");
        } catch (TranscodeException | RuntimeException e) {
            closeAll(opened);
            throw e;
        }
        boolean forced = profile.getGopMs() > 0 && profile.getFps() == 0;
        keyStep =
                forced
                        ? avutil.av_rescale_q(
                                profile.getGopMs(), Libav.rational(1, 1000), encoder.timeBase())
                        : 0;
    }

    /** Takes one decoded frame, which the caller goes on to own. */
    void frame(AVFrame decoded) throws TranscodeException {
        if (!filter.fits(decoded)) {
            filter.push(null);
            drainFilter();
            filter.renew(decoded);
        }
        filter.push(decoded);
        drainFilter();
    }

    void audio(AVPacket audio) {
        writer.audio(audio);
    }

    private void drainFilter() throws TranscodeException {
        while (filter.pull(filtered)) {
            try {
                encode();
            } finally {
                avutil.av_frame_unref(filtered);
            }
        }
    }

    private void encode() throws TranscodeException {
        long pts = filtered.pts();
        if (!RenditionFilter.missing(lastPts) && pts <= lastPts) {
            if (profile.getFps() > 0) {
                return;
            }
            pts = lastPts + 1;
        }
        lastPts = pts;
        filtered.pts(pts);
        boolean key = sent == 0 || keyStep > 0 && pts >= nextKey;
        if (key) {
            nextKey = pts + keyStep;
        }
        filtered.pict_type(key ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
        sent++;
        guard.encoding(filter.size().pixels(), sent, decoder.frames());
        if (signature != null) {
            signature.see(filtered);
        }
        encoder.send(filtered);
        drainEncoder();
    }

    private void drainEncoder() throws TranscodeException {
        while (encoder.receive(packet)) {
            try {
                writer.video(packet);
            } finally {
                avcodec.av_packet_unref(packet);
            }
        }
    }

    /** Ends the rendition. */
    Rendition finish() throws TranscodeException {
        filter.push(null);
        drainFilter();
        encoder.send(null);
        guard.checkTime();
        drainEncoder();
        byte[] bytes = writer.finish();
        RenditionSize size = filter.size();
        Rendition rendition =
                Rendition.newBuilder()
                        .setName(profile.getName())
                        .setWidth(size.width())
                        .setHeight(size.height())
                        .setFrames(writer.frames())
                        .setPixels(writer.frames() * size.pixels())
                        .setBitrate(profile.getBitrate())
                        .setFormat(profile.getFormat())
                        .setCodecs(writer.codecs())
                        .setPayload(ByteBuffer.wrap(bytes))
                        .build();
        if (signature != null) {
            rendition.setPerceptualHash(ByteBuffer.wrap(signature.finish()));
        }
        return rendition;
    }

    @Override
    public void close() {
        closeAll(filter, encoder, writer, signature);
        avutil.av_frame_free(filtered);
        avcodec.av_packet_free(packet);
    }

    private static void closeAll(@Nullable AutoCloseable... parts) {
        for (AutoCloseable part : parts) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
