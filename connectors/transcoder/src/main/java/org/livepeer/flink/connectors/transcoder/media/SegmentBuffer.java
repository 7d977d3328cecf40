package org.livepeer.flink.connectors.transcoder.media;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.connectors.transcoder.engine.Libav;
import org.livepeer.flink.connectors.transcoder.engine.Muxer;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;

/**
 * The packets of one segment, until it is complete and written as MPEG-TS. Every time stamp is
 * moved ten seconds later, so that the decoding times before a first frame at 0 are not negative.
 */
final class SegmentBuffer implements AutoCloseable {
    private static final long OFFSET_SECONDS = 10;
    private static final AVRational MICROS = Libav.rational(1, 1_000_000);

    private final List<Track> tracks;
    private final List<Entry> entries = new ArrayList<>();
    private long bytes;

    /** One stream of the segment. */
    record Track(AVCodecParameters parameters, AVRational timeBase) {}

    private record Entry(AVPacket packet, int track, long dtsMicros) {}

    SegmentBuffer(List<Track> tracks) {
        this.tracks = tracks;
    }

    /** Keeps a reference to the packet. */
    void add(AVPacket packet, int track) {
        AVPacket copy = avcodec.av_packet_clone(packet);
        if (copy == null) {
            throw new OutOfMemoryError("packet");
        }
        AVRational timeBase = tracks.get(track).timeBase;
        long offset = OFFSET_SECONDS * timeBase.den() / timeBase.num();
        long pts = copy.pts();
        long dts = copy.dts() == avutil.AV_NOPTS_VALUE ? pts : copy.dts();
        copy.pts((pts == avutil.AV_NOPTS_VALUE ? dts : pts) + offset);
        copy.dts(dts + offset);
        entries.add(new Entry(copy, track, avutil.av_rescale_q(dts, timeBase, MICROS)));
        bytes += copy.size();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Media bytes held. */
    long bytes() {
        return bytes;
    }

    /** Writes what was added, in the order of decoding times, and forgets it. */
    byte[] toMpegTs() throws TranscodeException {
        try (Muxer muxer = Muxer.mpegTs()) {
            for (Track track : tracks) {
                muxer.add(track.parameters, track.timeBase);
            }
            muxer.start();
            entries.sort(Comparator.comparingLong(Entry::dtsMicros));
            for (Entry entry : entries) {
                int code = muxer.write(entry.packet, entry.track, tracks.get(entry.track).timeBase);
                if (entry.track == 0) {
                    Libav.check(code, Reason.InternalError, "cannot write a frame");
                }
            }
            return muxer.finish();
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        entries.forEach(entry -> avcodec.av_packet_free(entry.packet));
        entries.clear();
        bytes = 0;
    }
}
