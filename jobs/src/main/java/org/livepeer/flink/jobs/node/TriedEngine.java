package org.livepeer.flink.jobs.node;

import java.io.IOException;
import java.nio.file.Path;
import org.livepeer.flink.connectors.transcoder.binary.FfmpegBinaryOptions;
import org.livepeer.flink.connectors.transcoder.binary.FfmpegBinaryTranscoder;
import org.livepeer.flink.connectors.transcoder.child.EngineProbe;
import org.livepeer.flink.connectors.transcoder.child.LibavOptions;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transcoding engine and what it was found to do on this machine.
 *
 * @param engine libav in child processes, or an ffmpeg binary that libav looks after
 */
record TriedEngine(Transcoder engine, EngineProbe probe) {
    private static final Logger LOG = LoggerFactory.getLogger(TriedEngine.class);

    /**
     * Starts the engine and tries it out.
     *
     * @param folder keeps what was found and the engine's files
     * @throws IOException when it cannot encode H.264
     */
    static TriedEngine start(NodeOptions options, Path folder)
            throws IOException, InterruptedException {
        LibavTranscoder libav =
                new LibavTranscoder(
                        LibavOptions.defaults(options.slots(), folder)
                                .withPreset(options.preset()));
        EngineProbe probe = libav.probe(folder.resolve("probe.properties"));
        Transcoder engine = options.ffmpeg().isEmpty() ? libav : binary(options, folder, libav);
        LOG.info(
                "engine tried out capabilities={} pixelsPerSecond={}",
                probe.capabilities(),
                probe.pixelsPerSecond());
        if (!probe.capabilities().contains("encode:h264")) {
            engine.close();
            throw new IOException(
                    "the transcoding engine cannot encode H.264 on this machine: see the log, glibc"
                            + " 2.35 or later is needed");
        }
        return new TriedEngine(engine, probe);
    }

    /** An ffmpeg binary does the work; libav looks at what came in and what came out. */
    private static Transcoder binary(NodeOptions options, Path folder, LibavTranscoder libav) {
        Transcoder binary =
                new FfmpegBinaryTranscoder(
                        FfmpegBinaryOptions.software(
                                Path.of(options.ffmpeg()),
                                folder.resolve("binary"),
                                options.preset()),
                        libav);
        return new Transcoder() {
            @Override
            public Transcoded transcode(TranscodeJob job)
                    throws TranscodeException, InterruptedException {
                return binary.transcode(job);
            }

            @Override
            public void close() {
                binary.close();
                libav.close();
            }
        };
    }
}
