package org.livepeer.flink.connectors.edge.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;

/** Refusals in plain text, and the headers that every answer has. */
public final class Replies implements ServerErrorHandler {
    private static final String POLICY =
            "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";

    /** What went wrong and what to do, for a person. */
    public static HttpResponse text(HttpStatus status, String reason) {
        return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, reason + "\n");
    }

    /**
     * The process lives, which is all that its supervisor needs to know: 200, whatever it waits
     * for.
     *
     * @param waitingFor empty for nothing
     */
    public static HttpResponse health(String waitingFor) {
        return text(HttpStatus.OK, waitingFor.isEmpty() ? "up" : "up, waits for " + waitingFor);
    }

    /**
     * Whether it can be used: 200, or 503 with the reason.
     *
     * @param waitingFor empty for nothing
     */
    public static HttpResponse readiness(String waitingFor) {
        return waitingFor.isEmpty()
                ? text(HttpStatus.OK, "ready")
                : text(HttpStatus.SERVICE_UNAVAILABLE, "waits for " + waitingFor);
    }

    /** Headers against misuse by browsers. */
    public static void secure(HttpHeadersBuilder headers) {
        headers.set("x-content-type-options", "nosniff");
        headers.set("content-security-policy", POLICY);
        headers.set("referrer-policy", "no-referrer");
        headers.set("cross-origin-opener-policy", "same-origin");
    }

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        return null;
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        String reason =
                switch (status.code()) {
                    case 404 -> "nothing is here: see / for the page and /api/streams for JSON";
                    case 405 -> "this method is not allowed here";
                    case 413 -> "the body is too large";
                    case 500 -> "a fault of ours; the edge's log has more";
                    default -> description == null ? status.reasonPhrase() : description;
                };
        ResponseHeaders head =
                ResponseHeaders.builder(status).contentType(MediaType.PLAIN_TEXT_UTF_8).build();
        return AggregatedHttpResponse.of(head, HttpData.ofUtf8(reason + "\n"));
    }
}
