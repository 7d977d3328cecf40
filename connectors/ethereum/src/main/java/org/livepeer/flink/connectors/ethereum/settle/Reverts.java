package org.livepeer.flink.connectors.ethereum.settle;

import java.util.Arrays;
import java.util.HexFormat;
import org.livepeer.flink.connectors.ethereum.rpc.RpcException;

/** What a contract says when it reverts. */
final class Reverts {
    private static final String ERROR = "08c379a0";
    private static final String PANIC = "4e487b71";
    private static final int SELECTOR = 4;
    private static final int LONGEST = 300;

    private Reverts() {}

    /**
     * A text for people: the contract's own, {@code Panic(0x11)}, another error in hex, or what the
     * node says.
     */
    static String text(RpcException refusal) {
        String message = String.valueOf(refusal.getMessage());
        String node = message.substring(message.indexOf(": ") + 1).strip();
        byte[] data;
        try {
            data = HexFormat.of().parseHex(refusal.data().replaceFirst("^0x", ""));
        } catch (IllegalArgumentException e) {
            return shortened(node);
        }
        if (data.length < SELECTOR) {
            return shortened(node);
        }
        Words words = new Words(Arrays.copyOfRange(data, SELECTOR, data.length));
        String hex = HexFormat.of().formatHex(data);
        try {
            return switch (hex.substring(0, 2 * SELECTOR)) {
                case ERROR -> shortened(words.text(0));
                case PANIC -> "Panic(0x" + words.number(0).toString(16) + ")";
                default -> shortened("error 0x" + hex);
            };
        } catch (IllegalArgumentException e) {
            return shortened("error 0x" + hex);
        }
    }

    private static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
