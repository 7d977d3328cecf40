package org.livepeer.flink.connectors.transcoder.binary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.transcoder.engine.MediaFacts;
import org.livepeer.flink.connectors.transcoder.engine.RenditionSize;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.EncoderProfile;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.VideoCodec;

/** The command line of one job: one input, one output per profile, as lpms sets its encoders. */
final class FfmpegCommand {
    private static final String CONTAINERS = "mpegts,mov,mp4,m4a,3gp,3g2,mj2,flv,matroska,webm";
    private static final String CODECS =
            "h264,hevc,vp8,vp9,aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,opus";

    private final FfmpegBinaryOptions options;
    private final TranscodeJob job;
    private final MediaFacts source;

    FfmpegCommand(FfmpegBinaryOptions options, TranscodeJob job, MediaFacts source) {
        this.options = options;
        this.job = job;
        this.source = source;
    }

    /** The command that reads the input and writes the outputs, in the order of the profiles. */
    List<String> line(Path input, List<Path> outputs) throws TranscodeException {
        List<String> line = new ArrayList<>();
        line.add(options.binary().toString());
        add(line, "-nostdin", "-hide_banner", "-v", "error", "-y", "-copyts");
        add(line, "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS);
        add(line, "-codec_whitelist", CODECS, "-i", "file:" + input);
        for (int i = 0; i < outputs.size(); i++) {
            output(line, job.profiles().get(i), outputs.get(i));
        }
        return line;
    }

    private void output(List<String> line, Profile profile, Path file) throws TranscodeException {
        RenditionSize size =
                RenditionSize.of(
                        source.width(),
                        source.height(),
                        profile.getWidth(),
                        profile.getHeight(),
                        profile.getCodec());
        add(line, "-map", "0:v:0", "-map", "0:a:0?", "-c:a", "copy");
        clip(line, job.clip());
        StringBuilder filter = new StringBuilder();
        filter.append("scale=w=" + size.width() + ":h=" + size.height() + ",format=yuv420p");
        if (profile.getFps() > 0) {
            filter.append(",fps=" + profile.getFps() + "/" + Math.max(1, profile.getFpsDen()));
            add(line, "-vf", filter.toString());
        } else {
            add(line, "-vf", filter.toString(), "-fps_mode", "passthrough", "-enc_time_base", "-1");
        }
        add(line, "-c:v", encoder(profile.getCodec()));
        line.addAll(options.encoderArguments());
        rate(line, profile);
        keyFrames(line, profile);
        boolean mp4 = profile.getFormat() == OutputFormat.MP4;
        add(line, "-muxdelay", "0", "-muxpreload", "0");
        if (mp4) {
            add(line, "-movflags", "faststart");
        }
        add(line, "-f", mp4 ? "mp4" : "mpegts", file.toString());
    }

    private String encoder(VideoCodec codec) throws TranscodeException {
        return switch (codec) {
            case H264 -> options.h264Encoder();
            case H265 -> options.h265Encoder();
            case VP8, VP9 ->
                    throw new TranscodeException(
                            Reason.UnsupportedMedia,
                            "this engine makes no " + codec + " renditions: ask for H264 or H265");
        };
    }

    /** Clips by absolute time, and puts the time stamps back that clipping sets to 0. */
    private void clip(List<String> line, @Nullable Clip clip) {
        if (clip != null) {
            String from = source.startMicros() + clip.getFromMs() * 1000 + "us";
            String to = source.startMicros() + clip.getToMs() * 1000 + "us";
            add(line, "-ss", from, "-to", to, "-output_ts_offset", from);
        }
    }

    private static void rate(List<String> line, Profile profile) {
        String bitrate = Integer.toString(profile.getBitrate());
        if (profile.getQuality() > 0) {
            add(line, "-crf", Integer.toString(Math.min(51, profile.getQuality())));
        } else {
            add(line, "-b:v", bitrate, "-minrate", bitrate);
        }
        if (profile.getBitrate() > 0) {
            add(line, "-maxrate", bitrate, "-bufsize", bitrate);
        }
    }

    private static void keyFrames(List<String> line, Profile profile) {
        double seconds = profile.getGopMs() / 1000.0;
        if (profile.getGopMs() < 0) {
            add(line, "-g", "1");
        } else if (profile.getGopMs() > 0 && profile.getFps() > 0) {
            double fps = (double) profile.getFps() / Math.max(1, profile.getFpsDen());
            add(line, "-g", Long.toString(Math.max(1, (long) (seconds * fps))));
        } else if (profile.getGopMs() > 0) {
            String every =
                    String.format(
                            Locale.ROOT,
                            "expr:if(isnan(prev_forced_t),1,gte(t-prev_forced_t,%.3f))",
                            seconds - 0.001);
            add(line, "-force_key_frames", every);
        }
        EncoderProfile named = profile.getProfile();
        if (named == EncoderProfile.NONE || profile.getCodec() != VideoCodec.H264) {
            return;
        }
        switch (named) {
            case H264_BASELINE -> add(line, "-profile:v", "baseline", "-bf", "0");
            case H264_MAIN -> add(line, "-profile:v", "main");
            case H264_HIGH -> add(line, "-profile:v", "high");
            case H264_CONSTRAINED_HIGH -> add(line, "-profile:v", "high", "-bf", "0");
            case NONE -> {}
        }
    }

    private static void add(List<String> line, String... words) {
        line.addAll(List.of(words));
    }
}
