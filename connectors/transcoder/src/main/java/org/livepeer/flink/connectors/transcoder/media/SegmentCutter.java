package org.livepeer.flink.connectors.transcoder.media;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.engine.Demuxer;
import org.livepeer.flink.connectors.transcoder.engine.Libav;
import org.livepeer.flink.connectors.transcoder.engine.MediaInput;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * Cuts a file or a stream (MPEG-TS, MP4, FLV, Matroska) on key frames into MPEG-TS segments,
 * without transcoding. Reads as it goes: input of any length streams through. Not thread-safe.
 */
public final class SegmentCutter implements Iterator<MediaSegment>, AutoCloseable {
    private static final long SLACK_MICROS = 50_000;
    private static final long MAX_SEGMENT_BYTES = 300_000_000;
    private static final long MAX_SEGMENT_MICROS = 300_000_000;
    private static final AVRational MICROS = Libav.rational(1, 1_000_000);
    private static final int VIDEO = 0;
    private static final int AUDIO = 1;

    private final MediaInput input;
    private final Demuxer demuxer;
    private final long targetMicros;
    private final AVRational videoBase;
    private final int videoIndex;
    private final int audioIndex;
    private final SegmentBuffer buffer;
    private final AVPacket packet;
    private @Nullable MediaSegment ready;
    private boolean packetWaits;
    private boolean started;
    private boolean ended;
    private long seq;
    private long startMicros;
    private long endMicros;

    private SegmentCutter(MediaInput input, Demuxer demuxer, Duration target) throws IOException {
        this.input = input;
        this.demuxer = demuxer;
        this.targetMicros = target.toNanos() / 1000;
        AVStream video = demuxer.video();
        int codec = video.codecpar().codec_id();
        if (codec != avcodec.AV_CODEC_ID_H264 && codec != avcodec.AV_CODEC_ID_HEVC) {
            throw new IOException(
                    "the video is "
                            + avcodec.avcodec_get_name(codec).getString()
                            + ": only H.264 and HEVC can be cut into MPEG-TS segments");
        }
        videoBase = Libav.copy(video.time_base());
        videoIndex = video.index();
        AVStream audio = demuxer.audio();
        audioIndex = audio == null ? -1 : audio.index();
        List<SegmentBuffer.Track> tracks = new ArrayList<>();
        tracks.add(new SegmentBuffer.Track(video.codecpar(), videoBase));
        if (audio != null) {
            tracks.add(new SegmentBuffer.Track(audio.codecpar(), Libav.copy(audio.time_base())));
        }
        buffer = new SegmentBuffer(tracks);
        packet = avcodec.av_packet_alloc();
    }

    /**
     * Opens a file.
     *
     * @param target playing time wanted per segment; a segment ends at the first key frame after it
     * @throws IOException when it cannot be read or holds no video that fits into MPEG-TS
     */
    public static SegmentCutter open(Path file, Duration target) throws IOException {
        try {
            return open(MediaInput.ofFile(file), target);
        } catch (TranscodeException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Like {@link #open(Path, Duration)}; the stream is closed with the cutter. */
    public static SegmentCutter open(InputStream in, Duration target) throws IOException {
        try {
            return open(MediaInput.ofStream(in), target);
        } catch (TranscodeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static SegmentCutter open(MediaInput input, Duration target)
            throws IOException, TranscodeException {
        if (target.isNegative() || target.isZero()) {
            input.close();
            throw new IllegalArgumentException("segment length " + target + ": must be above 0");
        }
        Libav.configure();
        Demuxer demuxer = Demuxer.open(input);
        try {
            return new SegmentCutter(input, demuxer, target);
        } catch (IOException | RuntimeException e) {
            demuxer.close();
            throw e;
        }
    }

    /**
     * Whether there is another segment; reads up to its end.
     *
     * @throws UncheckedIOException when the input breaks off with an error
     */
    @Override
    public boolean hasNext() {
        if (ready == null && !ended) {
            try {
                ready = cut();
            } catch (TranscodeException e) {
                throw new UncheckedIOException(new IOException(e.getMessage(), e));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            ended = ready == null;
        }
        return ready != null;
    }

    @Override
    public MediaSegment next() {
        if (!hasNext() || ready == null) {
            throw new NoSuchElementException("the input has ended");
        }
        MediaSegment next = ready;
        ready = null;
        return next;
    }

    private @Nullable MediaSegment cut() throws TranscodeException, IOException {
        while (packetWaits || demuxer.read(packet)) {
            packetWaits = true;
            if (packet.stream_index() == videoIndex) {
                long at = micros();
                boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
                if (key && started && at - startMicros >= targetMicros - SLACK_MICROS) {
                    started = false;
                    return segment(at);
                }
                if (key && !started) {
                    started = true;
                    startMicros = at;
                    endMicros = at;
                }
                take(at);
            } else if (packet.stream_index() == audioIndex && started && timed()) {
                buffer.add(packet, AUDIO);
            }
            avcodec.av_packet_unref(packet);
            packetWaits = false;
        }
        IOException failure = input.failure();
        if (failure != null) {
            throw failure;
        }
        return buffer.isEmpty() ? null : segment(endMicros);
    }

    private void take(long at) throws IOException {
        if (!started || !timed()) {
            return;
        }
        buffer.add(packet, VIDEO);
        long duration = avutil.av_rescale_q(Math.max(0, packet.duration()), videoBase, MICROS);
        endMicros = Math.max(endMicros, at + duration);
        if (buffer.bytes() > MAX_SEGMENT_BYTES || at - startMicros > MAX_SEGMENT_MICROS) {
            throw new IOException(
                    "no key frame for "
                            + (at - startMicros) / 1_000_000
                            + " s: encode the input with a key frame every few seconds");
        }
    }

    private boolean timed() {
        return packet.pts() != avutil.AV_NOPTS_VALUE || packet.dts() != avutil.AV_NOPTS_VALUE;
    }

    private long micros() {
        boolean untimed = packet.pts() == avutil.AV_NOPTS_VALUE;
        long ticks = untimed ? packet.dts() : packet.pts();
        return ticks == avutil.AV_NOPTS_VALUE
                ? endMicros
                : avutil.av_rescale_q(ticks, videoBase, MICROS);
    }

    private MediaSegment segment(long end) throws TranscodeException {
        long durationMs = Math.max(1, Math.round((end - startMicros) / 1000.0));
        return new MediaSegment(seq++, durationMs, buffer.toMpegTs());
    }

    @Override
    public void close() {
        buffer.close();
        avcodec.av_packet_free(packet);
        demuxer.close();
    }
}
