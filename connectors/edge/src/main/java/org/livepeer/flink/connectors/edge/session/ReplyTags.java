package org.livepeer.flink.connectors.edge.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.livepeer.flink.operators.auth.ClusterSecret;

/**
 * Marks of pushes that edges made: {@code SESSION.NONCE.MAC}. They come back in the answer, so that
 * the edge that waits finds its request and every other edge the session that the renditions belong
 * to. A producer who writes to the topic itself cannot make one for a session. Thread-safe.
 */
public final class ReplyTags {
    private static final String PURPOSE = "livepeer reply tag";
    private static final int MAC_BYTES = 16;

    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    public ReplyTags(ClusterSecret secret) {
        this.key = secret.derive(PURPOSE);
    }

    /** A new mark. */
    public String make(String sessionId, String manifestId, long seq) {
        byte[] nonce = new byte[8];
        random.nextBytes(nonce);
        String marked = sessionId + "." + HexFormat.of().formatHex(nonce);
        return marked + "." + mac(marked, manifestId, seq);
    }

    /** The session of an answer; nothing when the mark is none that an edge made for it. */
    public Optional<String> session(String tag, String manifestId, long seq) {
        int nonce = tag.indexOf('.');
        int mac = tag.lastIndexOf('.');
        if (nonce < 1 || mac <= nonce) {
            return Optional.empty();
        }
        byte[] right = mac(tag.substring(0, mac), manifestId, seq).getBytes(StandardCharsets.UTF_8);
        byte[] claimed = tag.substring(mac + 1).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(right, claimed)
                ? Optional.of(tag.substring(0, nonce))
                : Optional.empty();
    }

    private String mac(String marked, String manifestId, long seq) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] head = marked.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(12).putInt(head.length).putLong(seq).flip());
            mac.update(head);
            mac.update(manifestId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(mac.doFinal(), MAC_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is in every Java", e);
        }
    }
}
