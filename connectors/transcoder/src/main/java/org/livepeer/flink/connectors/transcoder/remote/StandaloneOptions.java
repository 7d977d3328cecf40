package org.livepeer.flink.connectors.transcoder.remote;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.livepeer.flink.operators.transcode.Transcoder;

/**
 * What a transcoder of a go-livepeer orchestrator is told.
 *
 * @param orchestrator where it registers and hands results in, {@code -orchAddr}
 * @param secret shared with the orchestrator
 * @param trust which certificates are taken
 * @param capacity most sessions that the orchestrator may give it, {@code -maxSessions}
 * @param capabilities found by test transcodes
 * @param engine does the work; closed with the transcoder
 * @param spool directory for sources while they are worked on; emptied at start
 * @param drainLimit how long closing waits for running segments
 * @param meters where it counts
 */
public record StandaloneOptions(
        InetSocketAddress orchestrator,
        OrchSecret secret,
        OrchestratorTrust trust,
        int capacity,
        List<String> capabilities,
        Transcoder engine,
        Path spool,
        Duration drainLimit,
        MeterRegistry meters) {
    public StandaloneOptions {
        if (capacity < 1) {
            throw new IllegalArgumentException("-maxSessions " + capacity + " must be 1 or more");
        }
        capabilities = List.copyOf(capabilities);
    }

    /** The orchestrator's address for a person. */
    String address() {
        return orchestrator.getHostString() + ":" + orchestrator.getPort();
    }
}
