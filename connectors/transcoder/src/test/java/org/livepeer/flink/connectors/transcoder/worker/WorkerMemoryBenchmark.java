package org.livepeer.flink.connectors.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.transcoder.client.GrpcWorkerClientFactory;
import org.livepeer.flink.connectors.transcoder.engine.Concurrently;
import org.livepeer.flink.connectors.transcoder.engine.Jobs;
import org.livepeer.flink.connectors.transcoder.media.MediaSegment;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.operators.transcode.WorkerClient;
import org.livepeer.flink.operators.transcode.WorkerClient.Answer;
import org.livepeer.flink.operators.transcode.WorkerClient.Failed;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.Request;

/**
 * Prints the memory of a worker's processes under four live streams, each sending its next segment
 * of two seconds when the last one began two seconds ago and is answered. It is no test and runs
 * only when it is named.
 */
class WorkerMemoryBenchmark {
    private static final int STREAMS = 4;
    private static final int MINUTES = Integer.getInteger("livepeer.benchmark.minutes", 10);
    private static final String PRESET =
            System.getProperty("livepeer.benchmark.presets", "superfast");
    private static final long PACE_MS = 2000;
    private static final long PATIENCE_MS = 600_000;
    private static final long SAMPLE_MS = 2000;
    private static final int MINUTES_PER_ROW = 2;
    private static final List<Profile> LADDER =
            List.of(
                    rung(1280, 720, 3_000_000),
                    rung(854, 480, 1_600_000),
                    rung(640, 360, 1_000_000),
                    rung(426, 240, 600_000));

    private static Profile rung(int width, int height, int bitrate) {
        return Jobs.profile(width, height).setBitrate(bitrate).setFps(30).setGopMs(2000).build();
    }

    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private final Map<Long, List<ProcessMemory>> samples = new TreeMap<>();

    @Test
    void watchTheMemory(@TempDir Path folder) throws Exception {
        List<MediaSegment> source = Jobs.segments(SyntheticOptions.of(1280, 720, 30), 10);
        Process worker = start(folder);
        try (WorkerClient client =
                new GrpcWorkerClientFactory(WorkerFixture.SECRET, 64 << 20, null).create()) {
            int port = port(worker);
            long start = System.nanoTime();
            long end = start + TimeUnit.MINUTES.toNanos(MINUTES);
            Concurrently.run(
                    STREAMS + 1,
                    number -> {
                        if (number == STREAMS) {
                            watch(worker, start, end);
                        } else {
                            stream(client, port, source, end);
                        }
                    });
        } finally {
            worker.destroyForcibly().waitFor();
        }
        System.out.printf("%s, %d streams, segments: %s%n", PRESET, STREAMS, outcomes);
        System.out.println("| minutes | PSS min / median / max MiB | RSS median MiB |");
        System.out.println("|---|---|---|");
        samples.forEach(WorkerMemoryBenchmark::print);
        assertThat(outcomes).containsKey("ok");
    }

    /** A worker with the options that bin/livepeer gives one. */
    private static Process start(Path folder) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms32m",
                        "-Xmn24m",
                        "-Xmx640m",
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=20",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=320m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LibavWorkerMain.class.getName(),
                        folder.toString(),
                        Integer.toString(STREAMS),
                        PRESET);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static int port(Process worker) throws Exception {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.matches("[0-9]+")) {
            line = out.readLine();
        }
        assertThat(line).as("the worker's port").isNotNull();
        return Integer.parseInt(line);
    }

    private void stream(WorkerClient client, int port, List<MediaSegment> source, long end)
            throws Exception {
        for (int i = 0; System.nanoTime() < end; i++) {
            long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PACE_MS);
            byte[] media = source.get(i % source.size()).bytes();
            Request request = Orders.request(media, 1).setProfiles(LADDER).build();
            Answer answer =
                    client.execute(
                                    Orders.address("w", port),
                                    Orders.order(request, false, PATIENCE_MS))
                            .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            String outcome = answer instanceof Failed failed ? failed.reason().name() : "ok";
            outcomes.merge(outcome, 1, Integer::sum);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
    }

    private void watch(Process worker, long start, long end) throws Exception {
        while (System.nanoTime() < end) {
            long minute = TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - start);
            List<Long> pids =
                    Stream.concat(Stream.of(worker.toHandle()), worker.descendants())
                            .map(ProcessHandle::pid)
                            .toList();
            samples.computeIfAbsent(minute / MINUTES_PER_ROW, row -> new ArrayList<>())
                    .add(ProcessMemory.of(pids));
            Thread.sleep(SAMPLE_MS);
        }
    }

    private static void print(long row, List<ProcessMemory> taken) {
        List<Long> pss = taken.stream().map(ProcessMemory::pssMb).sorted().toList();
        List<Long> rss = taken.stream().map(ProcessMemory::rssMb).sorted().toList();
        System.out.printf(
                "| %d to %d | %d / %d / %d | %d |%n",
                row * MINUTES_PER_ROW,
                (row + 1) * MINUTES_PER_ROW,
                pss.get(0),
                pss.get(pss.size() / 2),
                pss.get(pss.size() - 1),
                rss.get(rss.size() / 2));
    }
}
