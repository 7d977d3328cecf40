package org.livepeer.flink.connectors.edge.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Refusals on the network's wire, in the form of Go's {@code http.Error}, which go-livepeer uses:
 * plain text, {@code nosniff}, a newline at the end. Gateways compare the text without it.
 */
public final class PlainErrors implements ServerErrorHandler {
    /**
     * A body for each status that the server itself answers with. They are never released: Armeria
     * 1.36 loses the buffer of such an answer when it stands behind another one and the connection
     * breaks.
     */
    private static final ConcurrentMap<String, HttpData> BODIES = new ConcurrentHashMap<>();

    /** A refusal. */
    public static HttpResponse text(HttpStatus status, String text) {
        return HttpResponse.of(headers(status), HttpData.ofUtf8(text + "\n"));
    }

    private static ResponseHeaders headers(HttpStatus status) {
        return ResponseHeaders.builder(status)
                .contentType(MediaType.PLAIN_TEXT_UTF_8)
                .set("x-content-type-options", "nosniff")
                .build();
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
        String text = status.code() == 404 ? "404 page not found" : status.reasonPhrase();
        return AggregatedHttpResponse.of(
                headers(status), BODIES.computeIfAbsent(text, PlainErrors::lasting));
    }

    private static HttpData lasting(String text) {
        ByteBuf body = Unpooled.directBuffer();
        body.writeCharSequence(text + "\n", StandardCharsets.UTF_8);
        return HttpData.wrap(Unpooled.unreleasableBuffer(body));
    }
}
