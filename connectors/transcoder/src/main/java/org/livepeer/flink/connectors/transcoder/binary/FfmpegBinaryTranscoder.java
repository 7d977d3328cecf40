package org.livepeer.flink.connectors.transcoder.binary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.transcoder.child.Folders;
import org.livepeer.flink.connectors.transcoder.child.LibavTranscoder;
import org.livepeer.flink.connectors.transcoder.engine.MediaFacts;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.transcode.TranscodeJob;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.operators.transcode.Transcoder;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Rendition;

/**
 * Transcodes with an external ffmpeg binary, one process per job, files in a private directory.
 * What came out is counted by decoding it, so pixels are exact whatever the binary reports. It
 * makes no perceptual hash.
 *
 * <p>The source is inspected first, with every guard of the libav engine: what that refuses, the
 * binary never sees.
 */
public final class FfmpegBinaryTranscoder implements Transcoder {
    private static final int MAX_SAID = 500;

    private final FfmpegBinaryOptions options;
    private final LibavTranscoder inspector;

    /**
     * @param inspector counts what is in media; stays open when this is closed
     */
    public FfmpegBinaryTranscoder(FfmpegBinaryOptions options, LibavTranscoder inspector) {
        this.options = options;
        this.inspector = inspector;
    }

    @Override
    public Transcoded transcode(TranscodeJob job) throws TranscodeException, InterruptedException {
        long end = System.nanoTime() + job.deadline().toNanos();
        if (job.perceptualHash()) {
            throw new TranscodeException(
                    Reason.UnsupportedMedia, "this engine makes no perceptual hashes");
        }
        MediaFacts facts = inspector.inspect(job.media(), left(end));
        try {
            Files.createDirectories(options.tempDir());
            Path dir = Files.createTempDirectory(options.tempDir(), "job-");
            try {
                return run(job, facts, dir, end);
            } finally {
                Folders.delete(dir);
            }
        } catch (IOException e) {
            throw new TranscodeException(Reason.InternalError, "files of the job: " + e, e);
        }
    }

    private static TranscodeException tooManyPixels(TranscodeJob job) {
        return new TranscodeException(
                Reason.PixelLimitExceeded,
                "more than the "
                        + job.maxPixels()
                        + " pixels that the declared duration allows for");
    }

    private Transcoded run(TranscodeJob job, MediaFacts facts, Path dir, long end)
            throws IOException, TranscodeException, InterruptedException {
        Path input = dir.resolve("input");
        if (job.media() instanceof TranscodeJob.InMemory memory) {
            Files.write(input, memory.bytes());
        } else if (job.media() instanceof TranscodeJob.InFile file) {
            input = file.path().toAbsolutePath();
        }
        List<Path> outputs = new ArrayList<>();
        for (int i = 0; i < job.profiles().size(); i++) {
            outputs.add(dir.resolve("rendition-" + i));
        }
        FfmpegCommand command = new FfmpegCommand(options, job, facts);
        execute(command.line(input, outputs), dir, end);
        List<Rendition> renditions = new ArrayList<>();
        long pixels = 0;
        for (int i = 0; i < outputs.size(); i++) {
            Rendition rendition = rendition(job.profiles().get(i), outputs.get(i), end);
            pixels += rendition.getPixels();
            renditions.add(rendition);
        }
        if (job.maxPixels() > 0 && pixels > job.maxPixels()) {
            throw tooManyPixels(job);
        }
        return new Transcoded(renditions, facts.pixels());
    }

    private static void execute(List<String> line, Path dir, long end)
            throws IOException, TranscodeException, InterruptedException {
        Path said = dir.resolve("stderr");
        Process process =
                new ProcessBuilder(line)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new TranscodeException(
                        Reason.DeadlineExceeded, "not transcoded before the deadline");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8).strip();
            throw new TranscodeException(
                    process.exitValue() > 128 ? Reason.WorkerCrashed : Reason.InternalError,
                    "ffmpeg ended with code "
                            + process.exitValue()
                            + ": "
                            + text.substring(Math.max(0, text.length() - MAX_SAID)));
        }
    }

    private Rendition rendition(Profile profile, Path file, long end)
            throws IOException, TranscodeException, InterruptedException {
        long length = Files.size(file);
        MediaFacts facts = inspector.inspect(new TranscodeJob.InFile(file, length), left(end));
        return Rendition.newBuilder()
                .setName(profile.getName())
                .setWidth(facts.width())
                .setHeight(facts.height())
                .setFrames(facts.frames())
                .setPixels(facts.pixels())
                .setBitrate(profile.getBitrate())
                .setFormat(profile.getFormat())
                .setCodecs(facts.codecs())
                .setPayload(ByteBuffer.wrap(Files.readAllBytes(file)))
                .build();
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    /** Nothing to close: every process ends with its job. */
    @Override
    public void close() {}
}
