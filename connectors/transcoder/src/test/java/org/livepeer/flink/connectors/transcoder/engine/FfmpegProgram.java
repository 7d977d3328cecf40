package org.livepeer.flink.connectors.transcoder.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.schemas.Profile;

/** The ffmpeg program that comes with the libraries, with the options that the engine sets. */
final class FfmpegProgram {
    private final String program = Loader.load(ffmpeg.class);
    private final Path folder;
    private final Profile[] ladder;

    FfmpegProgram(Path folder, Profile[] ladder, List<MediaSegment> source) throws Exception {
        this.folder = folder;
        this.ladder = ladder.clone();
        StringBuilder list = new StringBuilder("ffconcat version 1.0\n");
        for (int i = 0; i < source.size(); i++) {
            Files.write(input(i), source.get(i).bytes());
            list.append("file '" + input(i) + "'\n");
            Path parts = Files.writeString(folder.resolve("list-" + (i + 1)), list);
            List<String> join = start();
            join.addAll(List.of("-f", "concat", "-safe", "0", "-i", parts.toString()));
            join.addAll(List.of("-map", "0", "-c", "copy", joined(i + 1).toString()));
            execute(join);
        }
    }

    private Path input(int segment) {
        return folder.resolve("in-" + segment + ".ts");
    }

    private Path joined(int segments) {
        return folder.resolve("joined-" + segments + ".ts");
    }

    private List<String> start() {
        return new ArrayList<>(List.of(program, "-nostdin", "-v", "error", "-y"));
    }

    /**
     * One call for one segment.
     *
     * @param single one thread for the decoder and each encoder, as the engine has; else as many as
     *     the program picks
     * @return the renditions
     */
    List<byte[]> segment(String preset, boolean single, int segment, int stream) throws Exception {
        List<String> line = start();
        line.add("-copyts");
        line.addAll(single ? List.of("-threads", "1") : List.of());
        line.addAll(List.of("-i", input(segment).toString()));
        List<Path> outputs =
                IntStream.range(0, ladder.length)
                        .mapToObj(i -> folder.resolve("out-" + stream + "-" + i + ".ts"))
                        .toList();
        for (int i = 0; i < ladder.length; i++) {
            line.addAll(rendition(ladder[i], preset, single));
            line.addAll(List.of("-muxdelay", "0", "-muxpreload", "0", outputs.get(i).toString()));
        }
        execute(line);
        List<byte[]> renditions = new ArrayList<>();
        for (Path output : outputs) {
            renditions.add(Files.readAllBytes(output));
        }
        return renditions;
    }

    /** One call for all segments, which it cuts where they began. */
    void stream(String preset, int segments, int stream) throws Exception {
        List<String> line = start();
        line.addAll(List.of("-threads", "1", "-i", joined(segments).toString()));
        for (int i = 0; i < ladder.length; i++) {
            line.addAll(rendition(ladder[i], preset, true));
            line.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*2)"));
            line.addAll(List.of("-f", "segment", "-segment_time", "2"));
            line.add(folder.resolve("cut-" + stream + "-" + i + "-%d.ts").toString());
        }
        execute(line);
        for (int i = 0; i < ladder.length; i++) {
            Path last = folder.resolve("cut-" + stream + "-" + i + "-" + (segments - 1) + ".ts");
            if (Files.size(last) == 0) {
                throw new AssertionError("no segment " + last);
            }
        }
    }

    private static List<String> rendition(Profile profile, String preset, boolean single) {
        String scale = "scale=w=" + profile.getWidth() + ":h=" + profile.getHeight();
        String rate = Integer.toString(profile.getBitrate());
        List<String> words = new ArrayList<>(List.of("-map", "0:v:0", "-map", "0:a:0"));
        words.addAll(List.of("-c:a", "copy", "-vf", scale + ",format=yuv420p,fps=30"));
        words.addAll(List.of("-c:v", "libx264", "-preset", preset, "-forced-idr", "1"));
        words.addAll(List.of("-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate));
        words.addAll(List.of("-g", "60", "-bf", "3"));
        words.addAll(single ? List.of("-threads:v", "1", "-filter_threads", "1") : List.of());
        return words;
    }

    private void execute(List<String> line) throws Exception {
        Path said = Files.createTempFile(folder, "said", "");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
        // Its libraries lie beside it.
        Path beside = Path.of(program).getParent();
        builder.environment().put("LD_LIBRARY_PATH", String.valueOf(beside));
        Process process = builder.start();
        if (process.waitFor() != 0) {
            throw new AssertionError(line + ": " + Files.readString(said));
        }
        Files.delete(said);
    }
}
