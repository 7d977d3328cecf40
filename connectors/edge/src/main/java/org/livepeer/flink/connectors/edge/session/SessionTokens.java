package org.livepeer.flink.connectors.edge.session;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.net.AuthToken;

/**
 * Auth tokens: 32 bytes of HMAC-SHA256 over session id, expiration and quote, then the quote as
 * text: the price, and behind a semicolon which capabilities it was asked for, as go-livepeer's
 * bits in hex (tokens of the first version have the price alone). Opaque to gateways, which hand
 * them back with each segment. Every edge of a deployment makes and knows the same ones, also after
 * a restart. Thread-safe.
 */
public final class SessionTokens {
    private static final String PURPOSE = "livepeer session token";
    private static final int MAC_BYTES = 32;
    private static final int LONGEST_QUOTE = 100;
    private static final int LONGEST_ID = 64;
    private static final int ID_BYTES = 8;
    private static final String SEPARATOR = ";";

    private final byte[] key;
    private final Duration validity;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param validity how long a token opens sessions; 30 minutes in go-livepeer ({@code
     *     server/rpc.go}), whose gateways come back when a tenth of that is left
     */
    public SessionTokens(ClusterSecret secret, Duration validity) {
        this.key = secret.derive(PURPOSE);
        this.validity = validity;
    }

    /**
     * A session nobody had before.
     *
     * @param price wei per pixel
     * @param asked bits of the capabilities that it was quoted for
     */
    public AuthToken issue(Fraction price, long asked, long nowMs) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String sessionId = HexFormat.of().formatHex(id);
        long expiration = (nowMs + validity.toMillis()) / 1_000;
        byte[] quote =
                (price + SEPARATOR + Long.toHexString(asked)).getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(mac(sessionId, expiration, quote), MAC_BYTES + quote.length);
        System.arraycopy(quote, 0, token, MAC_BYTES, quote.length);
        return AuthToken.newBuilder()
                .setToken(ByteString.copyFrom(token))
                .setSessionId(sessionId)
                .setExpiration(expiration)
                .build();
    }

    /**
     * The price that the token's session was quoted, in wei per pixel; nothing when no edge of this
     * deployment gave the token out. Whether it has expired is another question.
     */
    public Optional<Fraction> quote(AuthToken token) {
        return genuine(token).map(quote -> Fraction.parse(quote.split(SEPARATOR)[0]));
    }

    /**
     * Whether the token's session was quoted for a capability, as far as that can be told: a token
     * of the first version does not say.
     *
     * @param number go-livepeer's
     */
    public boolean isQuotedFor(AuthToken token, int number) {
        String[] parts = genuine(token).orElse("").split(SEPARATOR);
        return parts.length < 2
                || (number < Long.SIZE
                        && (Long.parseUnsignedLong(parts[1], 16) >> number & 1) == 1);
    }

    private Optional<String> genuine(AuthToken token) {
        byte[] bytes = token.getToken().toByteArray();
        if (bytes.length <= MAC_BYTES
                || bytes.length > MAC_BYTES + LONGEST_QUOTE
                || token.getSessionId().length() > LONGEST_ID) {
            return Optional.empty();
        }
        byte[] quote = Arrays.copyOfRange(bytes, MAC_BYTES, bytes.length);
        byte[] claimed = Arrays.copyOf(bytes, MAC_BYTES);
        byte[] right = mac(token.getSessionId(), token.getExpiration(), quote);
        return MessageDigest.isEqual(right, claimed)
                ? Optional.of(new String(quote, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** Whether the token opens no sessions any more. */
    public static boolean isExpired(AuthToken token, long nowMs) {
        return Math.floorDiv(nowMs - 1, 1_000L) >= token.getExpiration();
    }

    private byte[] mac(String sessionId, long expiration, byte[] quote) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] id = sessionId.getBytes(StandardCharsets.UTF_8);
            mac.update(
                    java.nio.ByteBuffer.allocate(12).putInt(id.length).putLong(expiration).flip());
            mac.update(id);
            mac.update(quote);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is in every Java", e);
        }
    }
}
