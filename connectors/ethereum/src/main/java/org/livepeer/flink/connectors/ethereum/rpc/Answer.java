package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.jspecify.annotations.Nullable;

/** A node's answer to a question: a result, or why there is none. */
public final class Answer {
    private final JsonNode result;
    private final @Nullable RpcException refusal;

    private Answer(JsonNode result, @Nullable RpcException refusal) {
        this.result = result;
        this.refusal = refusal;
    }

    static Answer of(JsonNode result) {
        return new Answer(result, null);
    }

    static Answer refused(RpcException refusal) {
        return new Answer(NullNode.getInstance(), refusal);
    }

    /**
     * The result; a JSON null where a node has nothing.
     *
     * @throws RpcException when the node refused
     */
    public JsonNode result() throws RpcException {
        if (refusal != null) {
            throw refusal;
        }
        return result;
    }

    /** Why the node refused; null when it did not. */
    public @Nullable RpcException refusal() {
        return refusal;
    }
}
