package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.payment.Offers;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.ticket.EthAddress;
import org.livepeer.flink.operators.ticket.TicketValue.InsufficientReserve;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorInfo;

/**
 * What the orchestrator says of itself with every answer. A gateway replaces all it knew by it, so
 * it is always whole. Off chain without price and ticket parameters, and with an address of zeros;
 * on chain with fresh parameters each time.
 */
final class NodeInfo {
    private static final ByteString NO_ADDRESS = ByteString.copyFrom(new byte[20]);

    private final String serviceUri;
    private final List<String> nodes;
    private final Capacity capacity;
    private final @Nullable Offers offers;

    /**
     * @param offers on chain; null off chain
     */
    NodeInfo(String serviceUri, List<String> nodes, Capacity capacity, @Nullable Offers offers) {
        this.offers = offers;
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
     * @param sender who is answered; of no meaning off chain
     * @param price of the session, wei per pixel
     * @throws InsufficientReserve when the sender's funds do not cover a ticket
     */
    OrchestratorInfo with(AuthToken token, EthAddress sender, Fraction price, long nowMs)
            throws InsufficientReserve {
        OrchestratorInfo.Builder info = bare(token, nowMs);
        if (offers != null) {
            offers.put(info, token.getSessionId(), sender, price);
        }
        return info.build();
    }

    private OrchestratorInfo.Builder bare(AuthToken token, long nowMs) {
        return OrchestratorInfo.newBuilder()
                .setTranscoder(serviceUri)
                .setAddress(NO_ADDRESS)
                .setCapabilities(capacity.capabilities(nowMs))
                .setAuthToken(token)
                .addAllNodes(nodes);
    }
}
