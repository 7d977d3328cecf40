package org.livepeer.flink.jobs.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.jobs.WireStream;

/** Another sender, over a connection of its own, who tries to begin one more session. */
final class OneMore implements AutoCloseable {
    static final String CAPPED = "OrchestratorCapped";

    private final OrchestratorClient client;
    private final byte[] media;
    private final int segmentMs;
    private final Map<String, Integer> said = new TreeMap<>();
    private List<Double> times = new ArrayList<>();
    private int tries;

    OneMore(InetSocketAddress orchestrator, byte[] media, long segmentMs) {
        client = new OrchestratorClient(orchestrator);
        this.media = media;
        this.segmentMs = (int) segmentMs;
    }

    /** One try with a new stream; keeps what was said and the time from the first byte to that. */
    synchronized void tryOnce() {
        WireStream stream = new WireStream(client, "one-more-" + tries++, WireSessions.LADDER);
        long began = System.nanoTime();
        String answer;
        try {
            byte[] segment = stream.prepare(0, media, segmentMs);
            try {
                stream.send(segment, media);
                answer = "taken";
            } catch (IOException e) {
                answer = "at /segment: " + e.getMessage();
            }
        } catch (IOException e) {
            answer = "asking for a token: " + e.getMessage();
        }
        times.add((System.nanoTime() - began) / 1e6);
        said.merge(answer, 1, Integer::sum);
    }

    /** The slowest try since the last call, ms; not a number when there was none. */
    synchronized double slowest() {
        double slowest = times.stream().mapToDouble(t -> t).max().orElse(Double.NaN);
        times = new ArrayList<>();
        return slowest;
    }

    /** How often what was said. */
    synchronized Map<String, Integer> said() {
        return new TreeMap<>(said);
    }

    @Override
    public void close() {
        client.close();
    }
}
