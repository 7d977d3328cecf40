package org.livepeer.flink.connectors.edge.upload;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.http.Replies;

/**
 * Who may upload and ask for balances. With a token: whoever shows it. Without: programs on this
 * machine, not web pages of other origins, names that only resolve to this machine, or what a proxy
 * passes on.
 */
public final class Gate {
    private static final int SHORTEST = 16;
    private static final String BEARER = "bearer ";
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final byte @Nullable [] tokenHash;

    private Gate(byte @Nullable [] tokenHash) {
        this.tokenHash = tokenHash;
    }

    /** A gate for this machine only. */
    public static Gate loopback() {
        return new Gate(null);
    }

    /**
     * A gate for those who show the token in a file.
     *
     * @throws IllegalArgumentException when the file cannot be read or its token is too short
     */
    public static Gate token(Path file) {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read the token file " + file + ": " + e.getMessage(), e);
        }
        if (token.length() < SHORTEST) {
            throw new IllegalArgumentException(
                    "the token in "
                            + file
                            + " has "
                            + token.length()
                            + " characters, at least "
                            + SHORTEST
                            + " are needed: make one with `openssl rand -hex 32`");
        }
        return new Gate(hash(token));
    }

    /** The refusal of a request, or nothing when it may pass. */
    public Optional<HttpResponse> refusal(ServiceRequestContext ctx, RequestHeaders headers) {
        if (tokenHash != null) {
            return shows(headers, tokenHash) ? Optional.empty() : Optional.of(unauthorized());
        }
        InetAddress remote = ctx.remoteAddress().getAddress();
        boolean local = remote != null && remote.isLoopbackAddress();
        return local && direct(headers) && localName(headers.authority()) && sameOrigin(headers)
                ? Optional.empty()
                : Optional.of(
                        Replies.text(
                                HttpStatus.FORBIDDEN,
                                "only programs on the edge's own machine may do this, called as"
                                        + " 127.0.0.1 or localhost; from elsewhere start the edge"
                                        + " with a token file and send it as a Bearer token"));
    }

    private static boolean shows(RequestHeaders headers, byte[] expected) {
        String shown = headers.get(HttpHeaderNames.AUTHORIZATION, "");
        boolean bearer = shown.regionMatches(true, 0, BEARER, 0, BEARER.length());
        String token = bearer ? shown.substring(BEARER.length()).strip() : "";
        return MessageDigest.isEqual(expected, hash(token));
    }

    private static boolean direct(RequestHeaders headers) {
        return !headers.contains(HttpHeaderNames.FORWARDED)
                && !headers.contains(HttpHeaderNames.X_FORWARDED_FOR);
    }

    private static boolean localName(@Nullable String authority) {
        return authority != null && LOCAL_NAMES.contains(host(authority));
    }

    private static boolean sameOrigin(RequestHeaders headers) {
        // Set by browsers also where they send no origin, as for a picture's address.
        String site = headers.get("sec-fetch-site", "none");
        if (!site.equals("none") && !site.equals("same-origin")) {
            return false;
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return true;
        }
        try {
            return String.valueOf(URI.create(origin).getAuthority()).equals(headers.authority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String host(String authority) {
        return authority.replaceFirst(":\\d{1,5}$", "").toLowerCase(java.util.Locale.ROOT);
    }

    private static HttpResponse unauthorized() {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.UNAUTHORIZED)
                        .contentType(MediaType.PLAIN_TEXT_UTF_8)
                        .set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer")
                        .build(),
                HttpData.ofUtf8("send the edge's token as `Authorization: Bearer TOKEN`\n"));
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every Java", e);
        }
    }
}
