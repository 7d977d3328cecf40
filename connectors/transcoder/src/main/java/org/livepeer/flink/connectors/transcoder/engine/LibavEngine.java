package org.livepeer.flink.connectors.transcoder.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Rendition;

/**
 * Transcodes in this process, on the calling thread. Native code on foreign bytes can take the
 * process with it: call it from a child process only.
 */
public final class LibavEngine {
    private static final int MAX_PROFILES = 16;

    private final EngineSettings settings;

    public LibavEngine(EngineSettings settings) {
        this.settings = settings;
        Libav.configure();
    }

    /**
     * Transcodes one segment. Not thread-safe: the temporary directory is used by one job at a
     * time.
     *
     * @throws TranscodeException when there is no result, and why
     */
    public Transcoded transcode(TranscodeJob job) throws TranscodeException {
        int profiles = job.profiles().size();
        if (profiles < 1 || profiles > MAX_PROFILES) {
            throw new TranscodeException(
                    profiles < 1 ? Reason.InvalidProfile : Reason.TooManyProfiles,
                    profiles + " profiles: 1 to " + MAX_PROFILES + " can be made");
        }
        if (job.media().length() == 0) {
            throw new TranscodeException(Reason.TranscoderInvalidVideo, "the media is empty");
        }
        long deadline = System.nanoTime() + job.deadline().toNanos();
        JobGuard guard = new JobGuard(settings.limits(), job.maxPixels(), deadline);
        try (Demuxer demuxer = Demuxer.open(MediaInput.of(job.media()));
                Run run = new Run(job, demuxer, guard)) {
            return run.toEnd();
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "cannot read the media: " + e, e);
        }
    }

    /** One job on its way. */
    private final class Run implements AutoCloseable {
        private final TranscodeJob job;
        private final Demuxer demuxer;
        private final JobGuard guard;
        private final VideoDecoder decoder;
        private final ClipWindow clip;
        private final List<RenditionStage> stages = new ArrayList<>();
        private final List<AVPacket> earlyAudio = new ArrayList<>();
        private final AVPacket packet;
        private final AVFrame frame;
        private long firstPts = avutil.AV_NOPTS_VALUE;
        private boolean past;

        Run(TranscodeJob job, Demuxer demuxer, JobGuard guard) throws TranscodeException {
            this.job = job;
            this.demuxer = demuxer;
            this.guard = guard;
            guard.duration(demuxer.durationMs());
            decoder = new VideoDecoder(demuxer.video(), demuxer.frameRate(), settings.limits());
            clip = new ClipWindow(job.clip(), demuxer);
            packet = Libav.present(avcodec.av_packet_alloc(), "packet");
            frame = Libav.present(avutil.av_frame_alloc(), "frame");
        }

        Transcoded toEnd() throws TranscodeException {
            while (!past && demuxer.read(packet)) {
                try {
                    guard.checkTime();
                    if (demuxer.isVideo(packet)) {
                        decoder.send(packet);
                        drainDecoder();
                    } else if (demuxer.isAudio(packet) && demuxer.audio() != null) {
                        audio();
                    }
                } finally {
                    avcodec.av_packet_unref(packet);
                }
            }
            decoder.send(null);
            drainDecoder();
            if (stages.isEmpty()) {
                throw nothing();
            }
            List<Rendition> renditions = new ArrayList<>(stages.size());
            for (RenditionStage stage : stages) {
                renditions.add(stage.finish());
            }
            return new Transcoded(renditions, decoder.pixels());
        }

        private void drainDecoder() throws TranscodeException {
            while (decoder.receive(frame)) {
                try {
                    if (RenditionFilter.missing(firstPts)) {
                        firstPts = frame.pts();
                    }
                    long sinceFirst = clip.ms(frame.pts() - firstPts);
                    guard.decoded(decoder.frames(), sinceFirst);
                    past |= clip.isPast(sinceFirst);
                    if (clip.holds(sinceFirst)) {
                        open();
                        for (RenditionStage stage : stages) {
                            stage.frame(frame);
                        }
                    }
                } finally {
                    avutil.av_frame_unref(frame);
                }
            }
        }

        private void open() throws TranscodeException {
            if (!stages.isEmpty()) {
                return;
            }
            var setting =
                    new RenditionStage.Setting(
                            settings,
                            decoder,
                            demuxer.frameRate(),
                            demuxer.audio(),
                            job.perceptualHash(),
                            guard);
            for (int i = 0; i < job.profiles().size(); i++) {
                stages.add(new RenditionStage(job.profiles().get(i), i, frame, setting));
            }
            for (AVPacket early : earlyAudio) {
                stages.forEach(stage -> stage.audio(early));
            }
            freeEarlyAudio();
        }

        private void audio() {
            boolean untimed =
                    RenditionFilter.missing(packet.pts()) || RenditionFilter.missing(packet.dts());
            if (untimed || !clip.holdsAudio(packet.pts())) {
                return;
            }
            if (stages.isEmpty()) {
                AVPacket early = avcodec.av_packet_clone(packet);
                if (early != null) {
                    earlyAudio.add(early);
                }
            } else {
                stages.forEach(stage -> stage.audio(packet));
            }
        }

        private TranscodeException nothing() {
            if (decoder.frames() > 0) {
                return new TranscodeException(
                        Reason.InvalidClip, "no frame of the media lies within the clip");
            }
            if (!decoder.keyPacketSeen()) {
                return new TranscodeException(Reason.NoKeyFrame, "No keyframes in input");
            }
            return new TranscodeException(
                    Reason.TranscoderInvalidVideo, "no frame of the video can be decoded");
        }

        private void freeEarlyAudio() {
            earlyAudio.forEach(avcodec::av_packet_free);
            earlyAudio.clear();
        }

        @Override
        public void close() {
            stages.forEach(RenditionStage::close);
            freeEarlyAudio();
            decoder.close();
            avcodec.av_packet_free(packet);
            avutil.av_frame_free(frame);
        }
    }
}
