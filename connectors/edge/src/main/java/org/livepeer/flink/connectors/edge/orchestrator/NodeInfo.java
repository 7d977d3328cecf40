package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import java.util.List;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;

/**
 * What the orchestrator says of itself with every answer. A gateway replaces all it knew by it, so
 * it is always whole. Off chain without price and ticket parameters, and with an address of zeros.
 */
final class NodeInfo {
    private static final ByteString NO_ADDRESS = ByteString.copyFrom(new byte[20]);

    private final String serviceUri;
    private final List<String> nodes;
    private final Capacity capacity;

    NodeInfo(String serviceUri, List<String> nodes, Capacity capacity) {
        this.serviceUri = serviceUri;
        this.nodes = nodes;
        this.capacity = capacity;
    }

    /** Base URI of everything; without a slash at its end. */
    String serviceUri() {
        return serviceUri;
    }

    /**
     * @param token the session's, never a new one in the answer to a segment
     */
    OrchestratorInfo with(AuthToken token, long nowMs) {
        return OrchestratorInfo.newBuilder()
                .setTranscoder(serviceUri)
                .setAddress(NO_ADDRESS)
                .setCapabilities(capacity.capabilities(nowMs))
                .setAuthToken(token)
                .addAllNodes(nodes)
                .build();
    }
}
