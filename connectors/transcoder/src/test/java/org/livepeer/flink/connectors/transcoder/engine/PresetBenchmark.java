package org.livepeer.flink.connectors.transcoder.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.Transcoded;
import org.livepeer.flink.schemas.Profile;

/**
 * Prints what each preset costs and how near it comes to medium. The README's table is its output;
 * it is no test and runs only when it is named.
 */
class PresetBenchmark {
    private static final List<String> PRESETS =
            List.of("medium", "faster", "veryfast", "superfast", "ultrafast");
    private static final int SEGMENTS = 4;

    @Test
    void comparePresets() throws Exception {
        var clock = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<MediaSegment> source = Jobs.segments(SyntheticOptions.of(1280, 720, 30), SEGMENTS);
        double seconds = source.stream().mapToLong(MediaSegment::durationMs).sum() / 1000.0;
        Profile[] ladder = {
            rung(1280, 720, 3_000_000),
            rung(854, 480, 1_600_000),
            rung(640, 360, 1_000_000),
            rung(426, 240, 600_000)
        };
        Path temp = Files.createTempDirectory("presets");
        Map<String, List<Transcoded>> made = new LinkedHashMap<>();
        System.out.println(
                "| preset | CPU-s per source second | SSIM to medium 720p / 480p / 360p / 240p | SSIM of 720p to the source |");
        System.out.println("|---|---|---|---|");
        for (String preset : PRESETS) {
            LibavEngine engine =
                    new LibavEngine(new EngineSettings(preset, 1, temp, EngineLimits.defaults()));
            engine.transcode(Jobs.job(source.get(0).bytes(), ladder));
            long before = clock.getProcessCpuTime();
            List<Transcoded> outputs = new ArrayList<>();
            for (MediaSegment segment : source) {
                outputs.add(engine.transcode(Jobs.job(segment.bytes(), ladder)));
            }
            double cpu = (clock.getProcessCpuTime() - before) / 1e9 / seconds;
            made.put(preset, outputs);
            List<Transcoded> medium = made.getOrDefault("medium", outputs);
            StringBuilder likeness = new StringBuilder();
            for (int rung = 0; rung < ladder.length; rung++) {
                double sum = 0;
                for (int i = 0; i < SEGMENTS; i++) {
                    sum += Likeness.ssim(payload(outputs, i, rung), payload(medium, i, rung));
                }
                likeness.append(rung == 0 ? "" : " / ")
                        .append(String.format(Locale.ROOT, "%.4f", sum / SEGMENTS));
            }
            double toSource = 0;
            for (int i = 0; i < SEGMENTS; i++) {
                toSource += Likeness.ssim(payload(outputs, i, 0), source.get(i).bytes());
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %s | %.4f |%n",
                    preset,
                    cpu,
                    likeness,
                    toSource / SEGMENTS);
        }
        Files.delete(temp);
    }

    private static byte[] payload(List<Transcoded> outputs, int segment, int rung) {
        return outputs.get(segment).renditions().get(rung).getPayload().array();
    }

    private static Profile rung(int width, int height, int bitrate) {
        return Jobs.profile(width, height).setBitrate(bitrate).setFps(30).setGopMs(2000).build();
    }
}
