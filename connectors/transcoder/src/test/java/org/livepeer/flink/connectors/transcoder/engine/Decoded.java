package org.livepeer.flink.connectors.transcoder.engine;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.operators.transcode.TranscodeJob;

/**
 * A rendition taken apart again.
 *
 * @param codec libav's name of the video codec
 * @param frames the decoded frames in order
 * @param keyPackets key frames among the packets
 * @param audioPts time stamps of the audio packets, in 1/90000 s
 */
public record Decoded(
        String codec, int profile, List<Shot> frames, int keyPackets, List<Long> audioPts) {
    /** One decoded frame; pts in 1/90000 s. */
    public record Shot(long pts, int width, int height, boolean key, int type) {}

    /** Everything in the bytes. */
    public static Decoded of(byte[] bytes) throws Exception {
        Libav.configure();
        AVRational ninety = Libav.rational(1, 90_000);
        List<Shot> shots = new ArrayList<>();
        List<Long> audioPts = new ArrayList<>();
        int keys = 0;
        AVPacket packet = avcodec.av_packet_alloc();
        AVFrame frame = avutil.av_frame_alloc();
        try (Demuxer demuxer = Demuxer.open(MediaInput.of(new TranscodeJob.InMemory(bytes)));
                VideoDecoder decoder =
                        new VideoDecoder(
                                demuxer.video(), demuxer.frameRate(), EngineLimits.defaults())) {
            boolean more = true;
            while (more) {
                more = demuxer.read(packet);
                if (!more) {
                    decoder.send(null);
                } else if (demuxer.isVideo(packet)) {
                    keys += packet.flags() & avcodec.AV_PKT_FLAG_KEY;
                    decoder.send(packet);
                } else if (demuxer.isAudio(packet)) {
                    audioPts.add(
                            avutil.av_rescale_q(
                                    packet.pts(),
                                    java.util.Objects.requireNonNull(demuxer.audio()).time_base(),
                                    ninety));
                }
                while (decoder.receive(frame)) {
                    shots.add(
                            new Shot(
                                    avutil.av_rescale_q(frame.pts(), decoder.timeBase(), ninety),
                                    frame.width(),
                                    frame.height(),
                                    (frame.flags() & 2) != 0,
                                    frame.pict_type()));
                    avutil.av_frame_unref(frame);
                }
                avcodec.av_packet_unref(packet);
            }
            String name =
                    avcodec.avcodec_get_name(demuxer.video().codecpar().codec_id()).getString();
            return new Decoded(name, demuxer.video().codecpar().profile(), shots, keys, audioPts);
        } finally {
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(frame);
        }
    }

    /** Sum of width times height. */
    public long pixels() {
        return frames.stream().mapToLong(shot -> (long) shot.width * shot.height).sum();
    }

    public boolean hasBFrames() {
        return frames.stream().anyMatch(shot -> shot.type == avutil.AV_PICTURE_TYPE_B);
    }
}
