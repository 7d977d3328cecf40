package org.livepeer.flink.connectors.edge.admin;

import static org.livepeer.flink.connectors.edge.admin.ChainField.quoted;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.QueryParams;
import org.livepeer.flink.connectors.edge.admin.NodeView.OnChain;

/**
 * {@code /signMessage}: the account's signature of a text, or of typed data when the header {@code
 * SigFormat} says {@code data/typed}.
 */
final class SignRoute {
    static final String PATH = "/signMessage";

    /** A message that is larger is none that somebody has read. */
    static final int MOST_BYTES = 1 << 18;

    /** Stands where bytes were no text. */
    private static final char NO_CHARACTER = '\ufffd';

    private SignRoute() {}

    /**
     * Signs.
     *
     * @return 65 bytes: r, s, and 27 or 28
     * @throws IllegalArgumentException for what is not signed, with the answer's text
     * @throws IllegalStateException when there is no key to sign with, with the answer's text
     */
    static byte[] answer(QueryParams params, HttpHeaders headers, OnChain chain) {
        String message = params.get("message", "");
        boolean isTyped = headers.get("sigformat", "").equals("data/typed");
        String what = isTyped ? "typed data" : "message";
        if (message.indexOf(NO_CHARACTER) >= 0) {
            throw new IllegalArgumentException(refusal(what, "it must be text in UTF-8"));
        }
        try {
            return isTyped ? chain.signTyped(message) : chain.sign(message);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(refusal(what, String.valueOf(e.getMessage())), e);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(refusal(what, String.valueOf(e.getMessage())), e);
        }
    }

    private static String refusal(String what, String why) {
        return "could not sign " + what + " - err=" + quoted(why);
    }
}
