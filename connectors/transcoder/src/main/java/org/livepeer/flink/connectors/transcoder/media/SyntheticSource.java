package org.livepeer.flink.connectors.transcoder.media;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.engine.FilterGraph;
import org.livepeer.flink.connectors.transcoder.engine.Libav;
import org.livepeer.flink.connectors.transcoder.engine.RenditionSize;
import org.livepeer.flink.connectors.transcoder.engine.VideoEncoder;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.Profile;

/**
 * An endless live source: a moving test picture with noise and a beeping tone, as MPEG-TS segments
 * with continuous time stamps. Each call of {@link #next()} makes one segment; the caller sets the
 * pace. Not thread-safe.
 */
public final class SyntheticSource implements Iterator<MediaSegment>, AutoCloseable {
    private static final String PRESET = "superfast";
    private static final int VIDEO = 0;
    private static final int AUDIO = 1;

    private final SyntheticOptions options;
    private final FilterGraph picture;
    private final VideoEncoder video;
    private final @Nullable ToneEncoder tone;
    private final AVFrame frame;
    private final AVPacket packet;
    private final AVPacket audioPacket;
    private final SegmentBuffer segment;
    private final List<AVCodecParameters> parameters = new ArrayList<>();
    private long seq;
    private long nextFrame;
    private boolean packetWaits;
    private boolean audioWaits;

    /**
     * @throws IllegalStateException when libav cannot make such a source
     */
    public SyntheticSource(SyntheticOptions options) {
        this.options = options;
        Libav.configure();
        try {
            picture =
                    new FilterGraph(
                            "testsrc2=size=%dx%d:rate=%d,noise=alls=6:allf=t,format=%s,buffersink@out"
                                    .formatted(
                                            options.width(),
                                            options.height(),
                                            options.fps(),
                                            options.pixels().libavName()));
            video = new VideoEncoder(profile(), format(), PRESET, 1);
            tone = options.audio() ? new ToneEncoder() : null;
            frame = Libav.present(avutil.av_frame_alloc(), "frame");
            packet = Libav.present(avcodec.av_packet_alloc(), "packet");
            audioPacket = Libav.present(avcodec.av_packet_alloc(), "packet");
            List<SegmentBuffer.Track> tracks = new ArrayList<>();
            parameters.add(video.parameters());
            tracks.add(
                    new SegmentBuffer.Track(parameters.get(0), Libav.rational(1, options.fps())));
            if (tone != null) {
                parameters.add(tone.parameters());
                tracks.add(
                        new SegmentBuffer.Track(
                                parameters.get(1), Libav.rational(1, ToneEncoder.SAMPLE_RATE)));
            }
            segment = new SegmentBuffer(tracks);
        } catch (TranscodeException e) {
            throw new IllegalStateException("no synthetic source: " + e.getMessage(), e);
        }
    }

    private Profile profile() {
        return Profile.newBuilder()
                .setName("synthetic")
                .setWidth(options.width())
                .setHeight(options.height())
                .setBitrate(options.bitrate())
                .setFps(options.fps())
                .setGopMs(options.segmentMs() * 2L)
                .setCodec(options.codec())
                .build();
    }

    private VideoEncoder.Format format() {
        return new VideoEncoder.Format(
                new RenditionSize(options.width(), options.height()),
                Libav.rational(1, options.fps()),
                Libav.rational(options.fps(), 1),
                Libav.rational(1, 1),
                avutil.av_get_pix_fmt(options.pixels().libavName()));
    }

    /** Always true. */
    @Override
    public boolean hasNext() {
        return true;
    }

    /** Makes the next segment. */
    @Override
    public MediaSegment next() {
        try {
            long start = firstFrame(seq);
            long end = firstFrame(seq + 1);
            while (videoBefore(end)) {
                segment.add(packet, VIDEO);
                avcodec.av_packet_unref(packet);
                packetWaits = false;
            }
            while (tone != null && audioBefore(tone, end)) {
                segment.add(audioPacket, AUDIO);
                avcodec.av_packet_unref(audioPacket);
                audioWaits = false;
            }
            long durationMs = Math.max(1, (end - start) * 1000 / options.fps());
            return new MediaSegment(seq++, durationMs, segment.toMpegTs());
        } catch (TranscodeException e) {
            throw new IllegalStateException("the synthetic source failed: " + e.getMessage(), e);
        }
    }

    /** Number of the frame that a segment begins with. */
    private long firstFrame(long segmentSeq) {
        return (segmentSeq * options.segmentMs() * options.fps() + 500) / 1000;
    }

    /**
     * Fills the packet with the next encoded frame; false when that belongs to the next segment.
     */
    private boolean videoBefore(long end) throws TranscodeException {
        while (!packetWaits && !video.receive(packet)) {
            if (!picture.pull(frame)) {
                throw new IllegalStateException("the synthetic picture ended");
            }
            frame.pts(nextFrame);
            boolean first = isFirst(nextFrame++);
            frame.pict_type(first ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
            video.send(frame);
            avutil.av_frame_unref(frame);
        }
        packetWaits = true;
        return packet.pts() < end;
    }

    private boolean isFirst(long frameNumber) {
        long near = frameNumber * 1000 / ((long) options.segmentMs() * options.fps());
        return frameNumber == firstFrame(near) || frameNumber == firstFrame(near + 1);
    }

    private boolean audioBefore(ToneEncoder encoder, long end) throws TranscodeException {
        if (!audioWaits) {
            encoder.next(audioPacket);
            audioWaits = true;
        }
        return audioPacket.pts() * options.fps() < end * ToneEncoder.SAMPLE_RATE;
    }

    @Override
    public void close() {
        segment.close();
        picture.close();
        video.close();
        if (tone != null) {
            tone.close();
        }
        parameters.forEach(avcodec::avcodec_parameters_free);
        avutil.av_frame_free(frame);
        avcodec.av_packet_free(packet);
        avcodec.av_packet_free(audioPacket);
    }
}
