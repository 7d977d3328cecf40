package org.livepeer.flink.connectors.transcoder.remote;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.SplitHttpResponse;
import com.linecorp.armeria.common.TimeoutException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Fetches the source of a segment into a file, as go-livepeer's nodes fetch from each other:
 * HTTP/1.1, four seconds for everything, status 200 and nothing else, at most 300 000 000 bytes.
 */
final class SourceDownload {
    static final long MAX_BYTES = 300_000_000;

    private final WebClient client;
    private final Duration limit;
    private final long maxBytes;

    SourceDownload(ClientFactory connections) {
        this(connections, Duration.ofSeconds(4), MAX_BYTES);
    }

    SourceDownload(ClientFactory connections, Duration limit, long maxBytes) {
        client =
                WebClient.builder()
                        .factory(connections)
                        .responseTimeout(limit)
                        .maxResponseLength(maxBytes)
                        .followRedirects()
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
        String address = address(url);
        long end = System.nanoTime() + limit.toNanos();
        HttpResponse response = client.get(address);
        try {
            SplitHttpResponse answer = response.split();
            HttpStatus status = await(answer.headers(), end).status();
            if (!status.equals(HttpStatus.OK)) {
                throw new IOException("the source answers with status " + status.code());
            }
            await(
                    answer.body()
                            .writeTo(
                                    Function.identity(),
                                    file,
                                    StandardOpenOption.CREATE_NEW,
                                    StandardOpenOption.WRITE),
                    end);
            return Files.size(file);
        } finally {
            response.abort();
        }
    }

    private <T> T await(CompletableFuture<T> step, long end)
            throws IOException, InterruptedException {
        try {
            return step.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw late(e);
        } catch (ExecutionException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
                if (cause instanceof TimeoutException) {
                    throw late(e);
                }
                if (cause instanceof ContentTooLargeException) {
                    throw new IOException("the source is larger than " + maxBytes + " bytes", e);
                }
            }
            String why =
                    cause.getMessage() == null
                            ? cause.getClass().getSimpleName()
                            : cause.getMessage();
            throw new IOException("the source cannot be fetched: " + why, e);
        }
    }

    private IOException late(Exception cause) {
        return new IOException("the source did not come in " + limit.toMillis() + " ms", cause);
    }

    /** The address with HTTP/1.1 asked for. */
    private static String address(String url) throws IOException {
        try {
            URI address = new URI(url);
            if (address.getHost() != null) {
                String rest = url.substring(url.indexOf("://"));
                switch (address.getScheme().toLowerCase(Locale.ROOT)) {
                    case "https":
                        return "h1" + rest;
                    case "http":
                        return "h1c" + rest;
                    default:
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException("the source's address is no URL", e);
        }
        throw new IOException("the source's address must be an http or https URL with a host");
    }
}
