package org.livepeer.flink.connectors.edge.session;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.livepeer.flink.operators.hash.Keccak256;

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

    private StreamName() {}

    /** 6 to 105 characters. */
    public static String of(ByteString manifestId) {
        if (manifestId.size() <= 100 && manifestId.isValidUtf8()) {
            String text = manifestId.toStringUtf8();
            if (PLAIN.matcher(text).matches()) {
                return PREFIX + text;
            }
        }
        return PREFIX + "~" + HexFormat.of().formatHex(Keccak256.of(manifestId.toByteArray()));
    }
}
