package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.time.Duration;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.schemas.VideoCodec;

/** Counts what is in a container by decoding it, as a gateway does to check what it pays for. */
public final class MediaInspector {
    private static final AVRational MICROS = Libav.rational(1, 1_000_000);

    private final EngineLimits limits;

    public MediaInspector(EngineLimits limits) {
        this.limits = limits;
        Libav.configure();
    }

    /**
     * Decodes all of the media.
     *
     * @throws TranscodeException when there is no video that can be decoded, or no time left
     */
    public MediaFacts inspect(TranscodeJob.Media media, Duration deadline)
            throws TranscodeException {
        JobGuard guard = new JobGuard(limits, 0, System.nanoTime() + deadline.toNanos());
        AVPacket packet = Libav.present(avcodec.av_packet_alloc(), "packet");
        AVFrame frame = Libav.present(avutil.av_frame_alloc(), "frame");
        try (Demuxer demuxer = Demuxer.open(MediaInput.of(media));
                VideoDecoder decoder =
                        new VideoDecoder(demuxer.video(), demuxer.frameRate(), limits)) {
            long[] first = new long[3];
            String video = "";
            boolean audio = false;
            while (demuxer.read(packet)) {
                if (demuxer.isVideo(packet)) {
                    video = video.isEmpty() ? codec(demuxer.video(), packet) : video;
                    decoder.send(packet);
                    drain(decoder, frame, first, guard);
                }
                audio |= demuxer.isAudio(packet);
                avcodec.av_packet_unref(packet);
            }
            decoder.send(null);
            drain(decoder, frame, first, guard);
            if (decoder.frames() == 0) {
                throw new TranscodeException(
                        Reason.TranscoderInvalidVideo, "no frame of the video can be decoded");
            }
            String codecs = audio ? withAudio(video, demuxer) : video;
            return new MediaFacts(
                    (int) first[0],
                    (int) first[1],
                    decoder.frames(),
                    decoder.pixels(),
                    first[2],
                    codecs);
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "cannot read the media: " + e, e);
        } finally {
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(frame);
        }
    }

    private static void drain(VideoDecoder decoder, AVFrame frame, long[] first, JobGuard guard)
            throws TranscodeException {
        while (decoder.receive(frame)) {
            guard.decoded(decoder.frames(), 0);
            if (decoder.frames() == 1) {
                first[0] = frame.width();
                first[1] = frame.height();
                first[2] = avutil.av_rescale_q(frame.pts(), decoder.timeBase(), MICROS);
            }
            avutil.av_frame_unref(frame);
        }
    }

    private static String codec(AVStream stream, AVPacket packet) {
        AVCodecParameters parameters = stream.codecpar();
        boolean hevc = parameters.codec_id() == avcodec.AV_CODEC_ID_HEVC;
        if (!hevc && parameters.codec_id() != avcodec.AV_CODEC_ID_H264) {
            return "";
        }
        byte[] head = new byte[Math.min(packet.size(), 4096)];
        packet.data().get(head);
        String inBand = CodecStrings.video(hevc ? VideoCodec.H265 : VideoCodec.H264, head);
        if (!inBand.isEmpty() || parameters.extradata_size() < 4 || hevc) {
            return inBand;
        }
        byte[] avcC = new byte[parameters.extradata_size()];
        parameters.extradata().get(avcC);
        return String.format("avc1.%02x%02x%02x", avcC[1], avcC[2], avcC[3]);
    }

    private static String withAudio(String video, Demuxer demuxer) {
        AVStream audio = demuxer.audio();
        String text =
                audio == null
                        ? ""
                        : CodecStrings.audio(
                                audio.codecpar().codec_id(), audio.codecpar().profile());
        return text.isEmpty() || video.isEmpty() ? video : video + "," + text;
    }
}
