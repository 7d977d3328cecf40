package org.livepeer.flink.jobs.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.jobs.WireStream;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.TranscodeResult;

/** A gateway's sessions, each at the pace of its stream and on a thread of its own. */
final class WireSessions implements AutoCloseable {
    static final List<Profile> LADDER = List.of(Presets.of("P240p30fps16x9"));

    private final OrchestratorClient client;
    private final byte[] media;
    private final long segmentMs;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private List<Double> minute = new ArrayList<>();
    private int failed;
    private int working;
    private volatile boolean running = true;

    WireSessions(InetSocketAddress orchestrator, byte[] media, long segmentMs) {
        client = new OrchestratorClient(orchestrator);
        this.media = media;
        this.segmentMs = segmentMs;
    }

    /**
     * Starts them one after the other.
     *
     * @param rampS until the last one starts, s
     */
    void start(int count, int rampS) {
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long first = began + TimeUnit.SECONDS.toNanos(rampS) / count * i;
            String manifest = "session-" + i;
            Thread thread = new Thread(() -> stream(manifest, first), manifest);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Sessions that have had an answer. */
    synchronized int working() {
        return working;
    }

    /** Failed segments by what was said. */
    synchronized Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    /** What came since the last call. */
    record Answered(int failed, double[] sortedMs) {
        double quantile(double part) {
            return sortedMs.length == 0
                    ? Double.NaN
                    : sortedMs[(int) Math.min(sortedMs.length - 1, part * sortedMs.length)];
        }
    }

    synchronized Answered minute() {
        double[] sorted = minute.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        Answered answered = new Answered(failed, sorted);
        minute = new ArrayList<>();
        failed = 0;
        return answered;
    }

    private void stream(String manifest, long first) {
        WireStream stream = new WireStream(client, manifest, LADDER);
        boolean worked = false;
        try {
            for (long seq = 0; running; seq++) {
                long due = first + TimeUnit.MILLISECONDS.toNanos(segmentMs) * seq;
                try {
                    byte[] segment = stream.prepare(seq, media, (int) segmentMs);
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    // Late because of the segment before: that counts as waiting, too.
                    TranscodeResult result = stream.send(segment, media);
                    double ms = (System.nanoTime() - due) / 1e6;
                    if (!Arrays.equals(stream.download(result).get(0), media)) {
                        throw new IOException("other media came back");
                    }
                    answered(ms, !worked);
                    worked = true;
                } catch (IOException e) {
                    failed(String.valueOf(e.getMessage()));
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void answered(double ms, boolean isFirst) {
        minute.add(ms);
        working += isFirst ? 1 : 0;
    }

    private synchronized void failed(String why) {
        failed++;
        failures.merge(why, 1, Integer::sum);
    }

    /** Lets each finish its segment. */
    @Override
    public void close() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            thread.join(10_000);
        }
        client.close();
    }
}
