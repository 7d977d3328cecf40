package org.livepeer.flink.connectors.ethereum.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A node answered with an error, or none answered at all. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int REVERTED = 3;
    private static final int REVERTED_ELSEWHERE = -32015;
    private static final int LONGEST = 300;
    private static final Pattern BREAKS = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]*");

    private final boolean isAnswer;
    private final boolean isRevert;
    private final String data;

    private RpcException(
            String message,
            boolean isAnswer,
            boolean isRevert,
            String data,
            @Nullable Throwable cause) {
        super(message, cause);
        this.isAnswer = isAnswer;
        this.isRevert = isRevert;
        this.data = data;
    }

    /** A node's own error. */
    static RpcException answered(String method, JsonNode error) {
        String message = error.path("message").asText();
        JsonNode added = error.path("data");
        Matcher hex = HEX.matcher(added.isObject() ? added.path("data").asText() : added.asText());
        String data = hex.find() ? hex.group() : "";
        int code = error.path("code").asInt();
        boolean isRevert =
                code == REVERTED
                        || code == REVERTED_ELSEWHERE
                        || message.toLowerCase(Locale.ROOT).contains("revert");
        return new RpcException(method + ": " + line(message), true, isRevert, data, null);
    }

    /** A node's answer that is none. */
    static RpcException malformed(String what, String message) {
        return new RpcException(what + ": " + line(message), true, false, "", null);
    }

    /** A node of another chain than it should be. */
    static RpcException otherChain(long is, long chainId) {
        return new RpcException(
                "a node is of chain "
                        + is
                        + ", all before was of chain "
                        + chainId
                        + ": give the right -ethUrl, or a -topicPrefix of its own to each chain",
                true,
                false,
                "",
                null);
    }

    /** What a node said is no line of a log before it is short, and one. */
    private static String line(String said) {
        String start = said.length() > LONGEST ? said.substring(0, LONGEST) + "…" : said;
        return BREAKS.matcher(start).replaceAll(" ");
    }

    static RpcException unreachable(String method, String endpoints, Throwable last) {
        return new RpcException(
                method
                        + ": no endpoint of "
                        + endpoints
                        + " gave an answer that can be used, the last said: "
                        + text(last)
                        + "; check -ethUrl",
                false,
                false,
                "",
                last);
    }

    /** Ours says what there is to say; of others also the name does. */
    static String text(Throwable failure) {
        return failure.getClass() == IOException.class && failure.getMessage() != null
                ? failure.getMessage()
                : failure.toString();
    }

    /** Whether a node decided so; if not, the same question may well be answered later. */
    public boolean isAnswer() {
        return isAnswer;
    }

    /** Whether a contract decided so. */
    public boolean isRevert() {
        return isRevert;
    }

    /** What the node added, such as the bytes of a revert in hex; may be empty. */
    public String data() {
        return data;
    }
}
