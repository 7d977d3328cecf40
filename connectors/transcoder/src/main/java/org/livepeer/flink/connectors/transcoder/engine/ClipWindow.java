package org.livepeer.flink.connectors.transcoder.engine;

import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.schemas.Clip;

/** The part of a segment that is wanted, in ms from its first frame; all of it without a clip. */
final class ClipWindow {
    private static final AVRational MILLIS = Libav.rational(1, 1000);

    private final long fromMs;
    private final long toMs;
    private final AVRational videoBase;
    private final @Nullable AVRational audioBase;
    private final long startMs;

    ClipWindow(@Nullable Clip clip, Demuxer demuxer) {
        fromMs = clip == null ? Long.MIN_VALUE : clip.getFromMs();
        toMs = clip == null ? Long.MAX_VALUE : clip.getToMs();
        AVStream video = demuxer.video();
        videoBase = Libav.copy(video.time_base());
        AVStream audio = demuxer.audio();
        audioBase = audio == null ? null : Libav.copy(audio.time_base());
        boolean untimed = RenditionFilter.missing(video.start_time());
        startMs = untimed ? 0 : ms(video.start_time());
    }

    /** Ticks of the video's clock as ms. */
    long ms(long ticks) {
        return avutil.av_rescale_q(ticks, videoBase, MILLIS);
    }

    boolean holds(long ms) {
        return ms >= fromMs && ms < toMs;
    }

    boolean isPast(long ms) {
        return ms >= toMs;
    }

    /** Whether an audio packet of that time stamp belongs to the clip. */
    boolean holdsAudio(long pts) {
        boolean all = fromMs == Long.MIN_VALUE && toMs == Long.MAX_VALUE;
        return all
                || audioBase != null
                        && holds(avutil.av_rescale_q(pts, audioBase, MILLIS) - startMs);
    }
}
