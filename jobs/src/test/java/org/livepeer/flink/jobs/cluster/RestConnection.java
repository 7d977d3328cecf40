package org.livepeer.flink.jobs.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Asks one of several addresses, the next one when one does not answer or has no leader. */
final class RestConnection {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.ALWAYS)
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();
    private final List<String> addresses;
    private final Duration patience;

    /**
     * @param patience how long to go on when no address answers
     */
    RestConnection(List<String> addresses, Duration patience) {
        this.addresses = List.copyOf(addresses);
        this.patience = patience;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    JsonNode get(String path) {
        return send(path, HttpRequest.newBuilder().GET());
    }

    JsonNode post(String path, JsonNode body) {
        return send(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    JsonNode post(String path, String contentType, BodyPublisher body) {
        return send(path, HttpRequest.newBuilder().header("Content-Type", contentType).POST(body));
    }

    JsonNode patch(String path) {
        return send(path, HttpRequest.newBuilder().method("PATCH", BodyPublishers.noBody()));
    }

    private JsonNode send(String path, HttpRequest.Builder request) {
        long end = System.nanoTime() + patience.toNanos();
        String last = "";
        while (true) {
            for (String address : addresses) {
                try {
                    HttpResponse<String> response = exchange(address + path, request);
                    if (response.statusCode() < 300) {
                        return JSON.readTree(response.body());
                    }
                    last = address + path + ": " + response.statusCode() + " " + response.body();
                    if (response.statusCode() != 503 && response.statusCode() != 404) {
                        throw new FlinkRest.FlinkRestException(last, null);
                    }
                } catch (JsonProcessingException e) {
                    throw new FlinkRest.FlinkRestException(address + path + ": no JSON", e);
                } catch (IOException e) {
                    last = address + path + ": " + e;
                    if (!repeatable(request) && !(e instanceof ConnectException)) {
                        throw new FlinkRest.FlinkRestException(
                                last + "; it may have been done: look at the jobs", e);
                    }
                }
            }
            if (System.nanoTime() > end) {
                throw new FlinkRest.FlinkRestException(
                        "Flink does not answer; last was " + last, null);
            }
            pause();
        }
    }

    /** A job must not be started twice because the answer to the first request was lost. */
    private static boolean repeatable(HttpRequest.Builder request) {
        return !request.copy().uri(URI.create("http://any")).build().method().equals("POST");
    }

    private HttpResponse<String> exchange(String url, HttpRequest.Builder request)
            throws IOException {
        try {
            return client.send(
                    request.copy().uri(URI.create(url)).timeout(Duration.ofSeconds(20)).build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FlinkRest.FlinkRestException("interrupted", e);
        }
    }

    static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FlinkRest.FlinkRestException("interrupted", e);
        }
    }
}
