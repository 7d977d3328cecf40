package org.livepeer.flink.connectors.edge.session;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.operators.ticket.EthAddress;

/**
 * The name under which the job knows a stream of the wire: {@code wire.} and the gateway's manifest
 * id, or its hash when that has other characters. The prefix keeps a gateway, which proves nothing
 * off chain, away from what was granted to the manifests of Kafka producers. It stays the same when
 * a gateway comes back with a new session, and so do lease, worker and account.
 */
public final class StreamName {
    /** Begins the name of every stream that came over the wire. */
    public static final String PREFIX = "wire.";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~-]{1,100}");

    private static final Pattern SHORT = Pattern.compile("[A-Za-z0-9._~-]{0,70}");

    private StreamName() {}

    /**
     * The name of a paying sender's stream, at most 117 characters: another sender's stream of the
     * same name is another one.
     */
    public static String of(EthAddress sender, ByteString manifestId) {
        String plain = manifestId.isValidUtf8() ? manifestId.toStringUtf8() : "?";
        return PREFIX
                + sender.lower()
                + "."
                + (SHORT.matcher(plain).matches() ? plain : hashed(manifestId));
    }

    private static String hashed(ByteString manifestId) {
        return "~" + HexFormat.of().formatHex(Keccak256.of(manifestId.toByteArray()));
    }

    /** 6 to 105 characters. */
    public static String of(ByteString manifestId) {
        if (manifestId.size() <= 100 && manifestId.isValidUtf8()) {
            String text = manifestId.toStringUtf8();
            if (PLAIN.matcher(text).matches()) {
                return PREFIX + text;
            }
        }
        return PREFIX + hashed(manifestId);
    }
}
