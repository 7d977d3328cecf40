package org.livepeer.flink.connectors.gateway;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.RequestOptions;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import org.livepeer.flink.schemas.net.OrchestratorGrpc.OrchestratorBlockingStub;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.OrchestratorRequest;

/**
 * One orchestrator's port. Any certificate is taken: orchestrators of the network make themselves
 * new ones, and what counts is signed. Thread-safe.
 */
public final class OrchestratorClient implements AutoCloseable {
    /** For a token (go-livepeer {@code discovery.go}). */
    private static final Duration HELLO = Duration.ofMillis(2_500);

    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final ClientFactory factory =
            ClientFactory.builder().tlsNoVerify().connectTimeout(CONNECT).build();
    private final OrchestratorBlockingStub orchestrator;
    private final WebClient web;

    /**
     * @param address HOST:PORT
     */
    public OrchestratorClient(InetSocketAddress address) {
        String host = address.getHostString() + ":" + address.getPort();
        orchestrator =
                GrpcClients.builder("gproto+https://" + host)
                        .factory(factory)
                        .responseTimeout(HELLO)
                        .build(OrchestratorBlockingStub.class);
        web =
                WebClient.builder("https://" + host)
                        .factory(factory)
                        .responseTimeoutMillis(0)
                        .maxResponseLength(0)
                        .build();
    }

    /**
     * A session of its own: token, price, and parameters of tickets.
     *
     * @param sender 20 bytes; empty off chain
     * @param signature of the sender's address; empty off chain
     */
    public OrchestratorInfo hello(byte[] sender, byte[] signature) {
        return orchestrator.getOrchestrator(
                OrchestratorRequest.newBuilder()
                        .setAddress(ByteString.copyFrom(sender))
                        .setSig(ByteString.copyFrom(signature))
                        .build());
    }

    /**
     * Sends a segment and its payment.
     *
     * @param path {@code /segment} or {@code /payment}
     * @param payment serialized; empty off chain
     * @param segment serialized {@code SegData}
     * @throws CompletionException when there is no answer within the time
     */
    public AggregatedHttpResponse post(
            String path, byte[] payment, byte[] segment, byte[] media, Duration patience) {
        return postHeaders(path, header(payment), header(segment), media, patience);
    }

    /** The same with headers of any text. */
    public AggregatedHttpResponse postHeaders(
            String path, String payment, String segment, byte[] media, Duration patience) {
        RequestHeaders headers =
                RequestHeaders.builder(HttpMethod.POST, path)
                        .set("content-type", "video/MP2T")
                        .set("livepeer-payment", payment)
                        .set("livepeer-segment", segment)
                        .build();
        return web.execute(HttpRequest.of(headers, HttpData.wrap(media)), within(patience))
                .aggregate()
                .join();
    }

    private static RequestOptions within(Duration patience) {
        return RequestOptions.builder().responseTimeout(patience).build();
    }

    /**
     * A rendition.
     *
     * @param url as the result names it; only its path counts
     * @throws CompletionException when there is no answer within the time
     */
    public AggregatedHttpResponse download(String url, Duration patience) {
        RequestHeaders headers = RequestHeaders.of(HttpMethod.GET, URI.create(url).getRawPath());
        return web.execute(HttpRequest.of(headers), within(patience)).aggregate().join();
    }

    /** As a header's value. */
    public static String header(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public void close() {
        factory.close();
    }
}
