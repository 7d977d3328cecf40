package org.livepeer.flink.connectors.transcoder.registered;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.multipart.Multipart;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.livepeer.flink.connectors.transcoder.remote.OrchSecret;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.transcode.TranscodeException;
import org.livepeer.flink.operators.wire.WireTexts;

/**
 * {@code POST /transcodeResults}: checks in go-livepeer's order, with its statuses. A result whose
 * task was given out by another edge is handed on to that one; one whose task is over is taken and
 * thrown away.
 */
final class ResultService implements HttpService {
    private static final String PROTOCOL = "Livepeer-Transcoder-1.0";
    private static final String ERROR = "livepeer/transcoding-error";
    private static final long LARGEST_RESULT = 300_000_000;
    private static final int LONGEST_ERROR = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final OrchSecret secret;
    private final Tasks tasks;
    private final OtherEdges others;

    ResultService(OrchSecret secret, Tasks tasks, OtherEdges others) {
        this.secret = secret;
        this.tasks = tasks;
        this.others = others;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        RequestHeaders headers = request.headers();
        boolean known =
                PROTOCOL.equals(headers.get("authorization"))
                        && MessageDigest.isEqual(
                                secret.text().getBytes(UTF_8),
                                headers.get("credentials", "").getBytes(UTF_8));
        if (!known) {
            return text(HttpStatus.UNAUTHORIZED, "Unauthorized");
        }
        MediaType type = headers.contentType();
        if (type == null) {
            return text(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "mime: no media type");
        }
        OptionalLong number = TaskIds.parse(headers.get("taskid", ""));
        if (number.isEmpty()) {
            return text(HttpStatus.BAD_REQUEST, "Invalid Task ID");
        }
        boolean failed = type.is(MediaType.parse(ERROR));
        OptionalLong pixels = TaskIds.parse(headers.get("pixels", ""));
        if (!failed && pixels.isEmpty()) {
            return text(HttpStatus.BAD_REQUEST, "Invalid Pixels");
        }
        ctx.setMaxRequestLength(LARGEST_RESULT);
        ctx.setRequestTimeout(LIMIT);
        Tasks.Task task = tasks.find(number.getAsLong());
        if (task == null) {
            return others.takeOrDrop(number.getAsLong(), request);
        }
        return HttpResponse.of(
                failed ? error(task, request) : renditions(task, pixels.orElse(0), type, request));
    }

    private static CompletableFuture<HttpResponse> error(Tasks.Task task, HttpRequest request) {
        return request.aggregate()
                .thenApply(
                        body -> {
                            task.fail(failure(body));
                            return text(HttpStatus.OK, "OK");
                        });
    }

    /** Final when it lies in the media, in lpms' words; anything else another may do better. */
    private static TranscodeException failure(AggregatedHttpRequest body) {
        String whole = body.contentUtf8().strip();
        String text = whole.substring(0, Math.min(whole.length(), LONGEST_ERROR));
        Reason reason = WireTexts.reason(text).orElse(Reason.WorkerCrashed);
        return new TranscodeException(reason, "the transcoder said: " + text);
    }

    private static CompletableFuture<HttpResponse> renditions(
            Tasks.Task task, long decoded, MediaType type, HttpRequest request) {
        if (!type.type().equals("multipart") || !type.parameters().containsKey("boundary")) {
            // go-livepeer takes it and waits on; here the segment is tried elsewhere.
            task.fail(
                    new TranscodeException(
                            Reason.WorkerCrashed,
                            "the transcoder posted " + type + ", no multipart"));
            return request.aggregate().thenApply(body -> text(HttpStatus.OK, "OK"));
        }
        return Multipart.from(request)
                .aggregate()
                .handle(
                        (parts, broken) -> {
                            try {
                                if (broken != null) {
                                    throw new TranscodeException(
                                            Reason.WorkerCrashed,
                                            "the result cannot be read: " + broken,
                                            broken);
                                }
                                task.result()
                                        .complete(RenditionParts.read(parts, decoded, task.job()));
                                return text(HttpStatus.OK, "OK");
                            } catch (TranscodeException e) {
                                task.fail(e);
                                return text(
                                        HttpStatus.INTERNAL_SERVER_ERROR,
                                        String.valueOf(e.getMessage()));
                            }
                        });
    }

    /** As Go's {@code http.Error}, or a plain body with status 200. */
    static HttpResponse text(HttpStatus status, String text) {
        if (status.equals(HttpStatus.OK)) {
            return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, text);
        }
        return HttpResponse.builder()
                .status(status)
                .header(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .content(MediaType.PLAIN_TEXT_UTF_8, text + "\n")
                .build();
    }
}
