package org.livepeer.flink.jobs;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.hash.Keccak256;
import org.livepeer.flink.schemas.net.AuthToken;
import org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub;
import org.livepeer.flink.schemas.net.OrchestratorRequest;
import org.livepeer.flink.schemas.net.SegData;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;
import org.livepeer.flink.schemas.net.VideoProfile;

/**
 * Streams as a gateway does, and no more patient than go-livepeer's: 2 s for a token and 8 s for a
 * segment's answer, one try, each rendition downloaded. Or through a real gateway's HTTP push.
 */
final class WireGateway {
    private static final Duration TOKEN = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(8);
    private static final Duration DOWNLOAD = Duration.ofSeconds(4);
    private static final Pattern PART = Pattern.compile("(?m)^Content-Length:");

    private final InetSocketAddress orchestrator;
    private final @Nullable URI ingest;
    private final int renditions;
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable AuthToken token;

    /**
     * @param ingest where a real gateway takes the stream, {@code http://HOST:PORT/live/NAME}; null
     *     plays the gateway
     * @param renditions how many are asked for, and expected of a real gateway
     */
    WireGateway(InetSocketAddress orchestrator, @Nullable URI ingest, int renditions) {
        this.orchestrator = orchestrator;
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
            token = null;
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

    private String play(int seq, byte[] media, long durationMs) throws Exception {
        WebClient client = client();
        AuthToken held = token;
        if (held == null) {
            held = fetchToken();
            token = held;
        }
        SegData.Builder segment =
                SegData.newBuilder()
                        .setManifestId(ByteString.copyFromUtf8("cam"))
                        .setSeq(seq)
                        .setHash(ByteString.copyFrom(Keccak256.of(media)))
                        .setProfiles(ByteString.copyFromUtf8("invalid"))
                        .setDuration((int) durationMs)
                        .setAuthToken(held);
        for (int i = 0; i < renditions; i++) {
            segment.addFullProfiles(
                    VideoProfile.newBuilder()
                            .setName("r" + i)
                            .setWidth(160 + 32 * i)
                            .setHeight(90 + 18 * i)
                            .setBitrate(200_000)
                            .setFps(30));
        }
        AggregatedHttpResponse response =
                client.execute(
                                RequestHeaders.of(
                                        HttpMethod.POST,
                                        "/segment",
                                        "content-type",
                                        "video/MP2T",
                                        "livepeer-payment",
                                        "",
                                        "livepeer-segment",
                                        Base64.getEncoder()
                                                .encodeToString(segment.build().toByteArray())),
                                HttpData.wrap(media))
                        .aggregate()
                        .get(ANSWER.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        if (response.status().code() != 200) {
            token = null;
            return response.status().code() + " " + response.contentUtf8().strip();
        }
        TranscodeResult result = TranscodeResult.parseFrom(response.content().array());
        if (!result.getError().isEmpty()) {
            token = null;
            return result.getError();
        }
        token = result.getInfo().getAuthToken();
        for (TranscodedSegmentData each : result.getData().getSegmentsList()) {
            AggregatedHttpResponse download =
                    client.get(URI.create(each.getUrl()).getPath())
                            .aggregate()
                            .get(DOWNLOAD.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
            if (download.status().code() != 200 || download.content().isEmpty()) {
                return "download " + download.status().code();
            }
        }
        int there = result.getData().getSegmentsCount();
        return there == renditions ? "" : there + " renditions";
    }

    private WebClient client() {
        return WebClient.builder("h2://" + address())
                .factory(ClientFactory.insecure())
                .responseTimeoutMillis(0)
                .maxResponseLength(0)
                .build();
    }

    private String address() {
        return orchestrator.getHostString() + ":" + orchestrator.getPort();
    }

    private AuthToken fetchToken() {
        try (ClientFactory own = ClientFactory.builder().tlsNoVerify().build()) {
            return GrpcClients.builder("gproto+https://" + address())
                    .factory(own)
                    .responseTimeout(TOKEN)
                    .build(OrchestratorBlockingStub.class)
                    .getOrchestrator(OrchestratorRequest.getDefaultInstance())
                    .getAuthToken();
        }
    }
}
