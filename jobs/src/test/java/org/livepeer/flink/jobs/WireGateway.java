package org.livepeer.flink.jobs;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.gateway.GatewayStream;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.OrchestratorException;
import org.livepeer.flink.operators.segment.Presets;
import org.livepeer.flink.schemas.Profile;

/**
 * Streams as a gateway does, and no more patient than go-livepeer's: 2.5 s for a token and 8 s for
 * a segment's answer, one try, each rendition downloaded. Or through a real gateway's HTTP push.
 */
final class WireGateway {
    private static final Pattern PART = Pattern.compile("(?m)^Content-Length:");

    private final OrchestratorClient client;
    private final GatewayStream stream;
    private final @Nullable URI ingest;
    private final int renditions;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param ingest where a real gateway takes the stream, {@code http://HOST:PORT/live/NAME}; null
     *     plays the gateway
     * @param renditions how many are asked for, and expected of a real gateway
     */
    WireGateway(InetSocketAddress orchestrator, @Nullable URI ingest, int renditions) {
        this.client = new OrchestratorClient(orchestrator);
        this.stream =
                new GatewayStream(
                        client,
                        null,
                        "cam",
                        IntStream.range(0, renditions).mapToObj(WireGateway::profile).toList(),
                        1);
        this.ingest = ingest;
        this.renditions = renditions;
    }

    /** Streams a segment; empty when all renditions are there, else what went wrong. */
    String push(int seq, byte[] media, long durationMs) throws InterruptedException {
        try {
            return ingest == null
                    ? play(seq, media, durationMs)
                    : pass(ingest, seq, media, durationMs);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.toString();
        }
    }

    private String pass(URI to, int seq, byte[] media, long durationMs) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(to + "/" + seq + ".ts"))
                        .timeout(Duration.ofSeconds(60))
                        .header("Accept", "multipart/mixed")
                        .header("Content-Duration", Long.toString(durationMs))
                        .header("Content-Resolution", "320x180")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(media))
                        .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        String body = new String(response.body(), java.nio.charset.StandardCharsets.ISO_8859_1);
        long parts = PART.matcher(body).results().count();
        return response.statusCode() == 200 && parts == renditions
                ? ""
                : response.statusCode() + " with " + parts + " parts";
    }

    private String play(int seq, byte[] media, long durationMs) {
        try {
            stream.push(seq, media, (int) durationMs);
            return "";
        } catch (OrchestratorException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Profile profile(int number) {
        Profile profile = Presets.of("P144p30fps16x9");
        profile.setName("r" + number);
        profile.setWidth(160 + 32 * number);
        profile.setHeight(90 + 18 * number);
        profile.setBitrate(200_000);
        return profile;
    }

    void close() {
        client.close();
    }
}
