package org.livepeer.flink.connectors.transcoder.remote;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the source of a segment into a file, as go-livepeer's nodes fetch from each other:
 * HTTP/1.1 without ALPN, four seconds for everything, status 200 and nothing else, at most 300 000
 * 000 bytes.
 */
final class SourceDownload {
    static final long MAX_BYTES = 300_000_000;
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final HttpClient client;
    private final Duration limit;
    private final long maxBytes;

    SourceDownload(OrchestratorTrust trust) {
        this(trust, Duration.ofSeconds(4), MAX_BYTES);
    }

    SourceDownload(OrchestratorTrust trust, Duration limit, long maxBytes) {
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(trust.context())
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
        this.limit = limit;
        this.maxBytes = maxBytes;
    }

    /**
     * Writes the body to the file; returns its length in bytes.
     *
     * @throws IOException when there is none, with a text that may be told to the orchestrator
     */
    long fetch(String url, Path file) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address(url)).GET().build();
        CompletableFuture<HttpResponse<@Nullable Long>> answer =
                client.sendAsync(
                        request,
                        head ->
                                head.statusCode() == 200
                                        ? new FileBody(file, maxBytes)
                                        : BodySubscribers.replacing(null));
        try {
            HttpResponse<@Nullable Long> response =
                    answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            Long length = response.body();
            if (length == null) {
                throw new IOException("the source answers with status " + response.statusCode());
            }
            return length;
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("the source did not come in " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException("the source cannot be fetched: " + reason(e), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    private static URI address(String url) throws IOException {
        try {
            URI address = new URI(url);
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (address.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw new IOException("the source's address is no URL", e);
        }
        throw new IOException("the source's address must be an http or https URL with a host");
    }

    private static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && (cause.getMessage() == null || cause == error)) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
