package org.livepeer.flink.connectors.transcoder.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.livepeer.flink.operators.transcode.Transcoded;

/**
 * Hands results in: {@code POST https://ORCHESTRATOR/transcodeResults} over HTTP/2, to the address
 * that this transcoder was given and never to one that came with the segment.
 */
final class ResultPost {
    private static final Duration CONNECT = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TOLD = 200;

    private final HttpClient client;
    private final URI address;
    private final OrchSecret secret;

    ResultPost(InetSocketAddress orchestrator, OrchSecret secret, OrchestratorTrust trust) {
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .sslContext(trust.context())
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
        address =
                URI.create(
                        "https://"
                                + orchestrator.getHostString()
                                + ":"
                                + orchestrator.getPort()
                                + "/transcodeResults");
        this.secret = secret;
    }

    /**
     * Hands renditions in.
     *
     * @throws IOException when the orchestrator did not take them, and what it said
     */
    void renditions(long task, Transcoded transcoded, boolean perceptualHash)
            throws IOException, InterruptedException {
        MultipartBody body = MultipartBody.of(transcoded, perceptualHash);
        post(task, transcoded.decodedPixels(), body.contentType(), body.publisher());
    }

    /**
     * Says that there are none.
     *
     * @param text as in {@link ErrorText}
     * @throws IOException when the orchestrator did not take it, and what it said
     */
    void failure(long task, String text) throws IOException, InterruptedException {
        post(
                task,
                0,
                "livepeer/transcoding-error",
                BodyPublishers.ofString(text, StandardCharsets.UTF_8));
    }

    private void post(long task, long decodedPixels, String contentType, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .timeout(LIMIT)
                        .header("Authorization", "Livepeer-Transcoder-1.0")
                        .header("Credentials", secret.text())
                        .header("Content-Type", contentType)
                        .header("TaskId", Long.toString(task))
                        .header("Pixels", Long.toString(decodedPixels))
                        .POST(body)
                        .build();
        HttpResponse<InputStream> answer = send(request);
        try (InputStream said = answer.body()) {
            if (answer.statusCode() / 100 != 2) {
                String text = new String(said.readNBytes(TOLD), StandardCharsets.UTF_8).strip();
                throw new IOException("status " + answer.statusCode() + " " + text);
            }
        }
    }

    /**
     * A connection that was kept open may have ended meanwhile: one more try. An orchestrator takes
     * a result that it has already without a word.
     */
    private HttpResponse<InputStream> send(HttpRequest request)
            throws IOException, InterruptedException {
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (HttpTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return client.send(request, BodyHandlers.ofInputStream());
        }
    }
}
