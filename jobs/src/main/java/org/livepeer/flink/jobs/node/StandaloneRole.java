package org.livepeer.flink.jobs.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneOptions;
import org.livepeer.flink.connectors.transcoder.remote.StandaloneTranscoder;

/** A transcoder for an orchestrator of the network, with the engine that our own workers have. */
public final class StandaloneRole {
    /** Shorter than the 30 s that Kubernetes and systemd's users give a process to end. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);

    private StandaloneRole() {}

    /** Tries the engine out and registers. */
    static StandaloneTranscoder start(NodeOptions options, Upstream upstream, MeterRegistry meters)
            throws IOException, InterruptedException {
        Path folder = options.dataDir().resolve("worker");
        TriedEngine tried = TriedEngine.start(options, folder);
        try {
            return StandaloneTranscoder.start(
                    new StandaloneOptions(
                            upstream.orchestrator(),
                            upstream.secret(),
                            upstream.trust(),
                            options.maxSessions(),
                            tried.probe().capabilities(),
                            tried.engine(),
                            folder.resolve("sources"),
                            DRAIN_LIMIT,
                            meters));
        } catch (IOException | RuntimeException e) {
            tried.engine().close();
            throw e;
        }
    }
}
