package org.livepeer.flink.connectors.transcoder.engine;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Puts the encoded video and the copied audio of one rendition into its container, in the order of
 * their decoding times. An audio packet that the container does not take is left out; the video
 * never fails for it.
 */
final class RenditionWriter implements AutoCloseable {
    private final Deque<AVPacket> waitingAudio = new ArrayDeque<>();
    private final Muxer muxer;
    private final JobGuard guard;
    private final VideoCodec codec;
    private final AVRational videoBase;
    private final AVRational audioBase;
    private final int videoIndex;
    private final int audioIndex;
    private final String audioCodec;
    private String videoCodec = "";
    private boolean audioWritten;
    private long frames;

    RenditionWriter(
            VideoEncoder encoder,
            VideoCodec codec,
            OutputFormat format,
            @Nullable AVStream audio,
            Path tempFile,
            JobGuard guard)
            throws TranscodeException {
        this.guard = guard;
        this.codec = codec;
        this.muxer = format == OutputFormat.MP4 ? Muxer.mp4(tempFile) : Muxer.mpegTs();
        AVCodecParameters parameters = encoder.parameters();
        try {
            videoBase = Libav.copy(encoder.timeBase());
            videoIndex = muxer.add(parameters, videoBase);
            if (audio == null) {
                audioBase = videoBase;
                audioIndex = -1;
                audioCodec = "";
            } else {
                audioBase = Libav.copy(audio.time_base());
                audioIndex = muxer.add(audio.codecpar(), audioBase);
                audioCodec =
                        CodecStrings.audio(audio.codecpar().codec_id(), audio.codecpar().profile());
            }
            if (parameters.extradata_size() > 0) {
                byte[] extradata = new byte[parameters.extradata_size()];
                parameters.extradata().get(extradata);
                videoCodec = CodecStrings.video(codec, extradata);
            }
            muxer.start();
        } catch (TranscodeException | RuntimeException e) {
            muxer.close();
            throw e;
        } finally {
            avcodec.avcodec_parameters_free(parameters);
        }
    }

    /** Keeps a reference to an audio packet until the video has come as far. */
    void audio(AVPacket packet) {
        if (audioIndex >= 0) {
            AVPacket copy = avcodec.av_packet_clone(packet);
            if (copy != null) {
                waitingAudio.add(copy);
            }
        }
    }

    /** Writes one encoded frame; the caller unreferences the packet. */
    void video(AVPacket packet) throws TranscodeException {
        if (frames == 0 && videoCodec.isEmpty()) {
            byte[] head = new byte[Math.min(packet.size(), 4096)];
            packet.data().get(head);
            videoCodec = CodecStrings.video(codec, head);
        }
        AVPacket next;
        while ((next = waitingAudio.peek()) != null
                && avutil.av_compare_ts(next.dts(), audioBase, packet.dts(), videoBase) <= 0) {
            writeAudio(waitingAudio.remove());
        }
        guard.writing(packet.size());
        Libav.check(
                muxer.write(packet, videoIndex, videoBase),
                Reason.InternalError,
                "cannot write a frame");
        frames++;
    }

    private void writeAudio(AVPacket packet) throws TranscodeException {
        try {
            guard.writing(packet.size());
            if (muxer.write(packet, audioIndex, audioBase) >= 0) {
                audioWritten = true;
            }
        } finally {
            avcodec.av_packet_free(packet);
        }
    }

    /** Ends the container and returns it. */
    byte[] finish() throws TranscodeException {
        while (!waitingAudio.isEmpty()) {
            writeAudio(waitingAudio.remove());
        }
        return muxer.finish();
    }

    /** Frames in the container. */
    long frames() {
        return frames;
    }

    /** RFC 6381 string of what is in the container. */
    String codecs() {
        boolean both = audioWritten && !audioCodec.isEmpty() && !videoCodec.isEmpty();
        return both ? videoCodec + "," + audioCodec : videoCodec;
    }

    @Override
    public void close() {
        while (!waitingAudio.isEmpty()) {
            avcodec.av_packet_free(waitingAudio.remove());
        }
        muxer.close();
    }
}
