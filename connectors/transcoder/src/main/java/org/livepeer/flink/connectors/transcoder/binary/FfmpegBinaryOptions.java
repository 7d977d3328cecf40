package org.livepeer.flink.connectors.transcoder.binary;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Settings of {@link FfmpegBinaryTranscoder}.
 *
 * @param binary the ffmpeg to run, version 5.1 or later
 * @param tempDir where jobs keep their files; best in memory
 * @param h264Encoder encoder of H264 renditions, such as libx264 or h264_ni_quadra_enc
 * @param h265Encoder encoder of H265 renditions
 * @param encoderArguments arguments for every encoder, such as -preset superfast
 */
public record FfmpegBinaryOptions(
        Path binary,
        Path tempDir,
        String h264Encoder,
        String h265Encoder,
        List<String> encoderArguments) {
    public FfmpegBinaryOptions {
        if (!Files.isExecutable(binary)) {
            throw new IllegalArgumentException(
                    "ffmpeg binary " + binary + ": is no file that can be executed");
        }
        encoderArguments = List.copyOf(encoderArguments);
    }

    /** The software encoders with one thread each. */
    public static FfmpegBinaryOptions software(Path binary, Path tempDir, String preset) {
        return new FfmpegBinaryOptions(
                binary,
                tempDir,
                "libx264",
                "libx265",
                List.of("-preset", preset, "-threads:v", "1", "-forced-idr", "1"));
    }
}
