package org.livepeer.flink.connectors.ethereum.rpc;

import org.jspecify.annotations.Nullable;

/** A node answered with an error, or none answered at all. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isAnswer;
    private final String data;

    private RpcException(String message, boolean isAnswer, String data, @Nullable Throwable cause) {
        super(message, cause);
        this.isAnswer = isAnswer;
        this.data = data;
    }

    /**
     * A node's own error.
     *
     * @param data what it adds, such as the bytes of a revert in hex; may be empty
     */
    static RpcException answered(String method, String message, String data) {
        return new RpcException(method + ": " + message, true, data, null);
    }

    static RpcException unreachable(String method, String endpoints, Throwable last) {
        return new RpcException(
                method
                        + ": no endpoint of "
                        + endpoints
                        + " gave an answer that can be used, the last said: "
                        + last
                        + "; check -ethUrl",
                false,
                "",
                last);
    }

    /** Whether a node decided so; if not, the same question may well be answered later. */
    public boolean isAnswer() {
        return isAnswer;
    }

    /** What the node added, in hex; may be empty. */
    public String data() {
        return data;
    }
}
