package org.livepeer.flink.jobs.node;

import java.net.InetSocketAddress;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.connectors.transcoder.remote.OrchestratorTrust;

/**
 * The orchestrator of the network that a transcoder works for.
 *
 * @param orchestrator its address, not resolved
 * @param secret shared with it
 * @param trust which certificates it may show
 */
public record Upstream(InetSocketAddress orchestrator, OrchSecret secret, OrchestratorTrust trust) {
    /** For a person. */
    String address() {
        return orchestrator.getHostString() + ":" + orchestrator.getPort();
    }
}
