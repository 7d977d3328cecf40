package org.livepeer.flink.connectors.transcoder.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.livepeer.flink.schemas.net.NotifySegment;
import org.livepeer.flink.schemas.net.RegisterRequest;

/**
 * The face that an orchestrator shows its transcoders: one TLS port with the gRPC call, the sources
 * and the place for results. gRPC is spoken by hand, frame by frame.
 */
final class OrchestratorDouble implements AutoCloseable {
    /** A result as it came in. */
    record Post(RequestHeaders headers, SessionProtocol protocol, byte[] body) {
        String text() {
            return new String(body);
        }
    }

    final BlockingQueue<Stay> stays = new LinkedBlockingQueue<>();
    final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
    final BlockingQueue<SessionProtocol> downloads = new LinkedBlockingQueue<>();
    final Map<String, byte[]> sources = new ConcurrentHashMap<>();
    volatile HttpStatus answer = HttpStatus.OK;

    /** What a registration is ended with at once; empty for none. */
    volatile String refusal = "";

    private final Server server;

    OrchestratorDouble() {
        this(0);
    }

    OrchestratorDouble(int port) {
        server =
                Server.builder()
                        .https(new InetSocketAddress("127.0.0.1", port))
                        .tlsSelfSigned()
                        .tlsCustomizer(tls -> tls.keyManager(new Nameless()))
                        .maxRequestLength(0)
                        .requestTimeoutMillis(0)
                        .service(
                                "/net.Transcoder/RegisterTranscoder",
                                (ctx, req) -> register(ctx, req))
                        .service(
                                "/transcodeResults",
                                (ctx, req) ->
                                        HttpResponse.of(
                                                req.aggregate().thenApply(got -> take(ctx, got))))
                        .service("/stream/{name}", (ctx, req) -> source(ctx))
                        .build();
        server.start().join();
    }

    /** One registered transcoder. */
    static final class Stay {
        final RegisterRequest request;
        private final HttpResponseWriter out;

        Stay(RegisterRequest request, HttpResponseWriter out) {
            this.request = request;
            this.out = out;
        }

        void send(NotifySegment.Builder message) {
            byte[] bytes = message.build().toByteArray();
            ByteBuffer frame = ByteBuffer.allocate(5 + bytes.length);
            frame.put((byte) 0).putInt(bytes.length).put(bytes);
            out.write(HttpData.wrap(frame.array()));
        }

        /** Ends the call with a gRPC status. */
        void end(int status) {
            boolean open = out.tryWrite(HttpHeaders.of("grpc-status", Integer.toString(status)));
            if (!open) {
                return;
            }
            out.close();
        }

        boolean isOpen() {
            return out.isOpen();
        }

        /** Whether the other side has left the call. */
        boolean isLeft() throws InterruptedException {
            for (int i = 0; i < 100 && out.isOpen(); i++) {
                Thread.sleep(20);
            }
            return !out.isOpen();
        }
    }

    private HttpResponse register(
            ServiceRequestContext ctx, com.linecorp.armeria.common.HttpRequest req) {
        ctx.clearRequestTimeout();
        return HttpResponse.of(
                req.aggregate()
                        .thenApply(
                                got -> {
                                    HttpResponseWriter out = HttpResponse.streaming();
                                    out.write(
                                            ResponseHeaders.builder(HttpStatus.OK)
                                                    .contentType(
                                                            MediaType.parse("application/grpc"))
                                                    .build());
                                    if (!refusal.isEmpty()) {
                                        out.write(
                                                HttpHeaders.of(
                                                        "grpc-status",
                                                        "2",
                                                        "grpc-message",
                                                        refusal));
                                        out.close();
                                    } else {
                                        stays.add(new Stay(request(got), out));
                                    }
                                    return out;
                                }));
    }

    private static RegisterRequest request(AggregatedHttpRequest got) {
        byte[] frame = got.content().array();
        try {
            return RegisterRequest.parseFrom(Arrays.copyOfRange(frame, 5, frame.length));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse take(ServiceRequestContext ctx, AggregatedHttpRequest got) {
        posts.add(new Post(got.headers(), ctx.sessionProtocol(), got.content().array()));
        return HttpResponse.of(answer);
    }

    private HttpResponse source(ServiceRequestContext ctx) {
        downloads.add(ctx.sessionProtocol());
        byte[] media = sources.get(ctx.pathParam("name"));
        return media == null
                ? HttpResponse.of(HttpStatus.NOT_FOUND)
                : HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, media);
    }

    /** As it was when it was new. */
    void forget() {
        refusal = "";
        answer = HttpStatus.OK;
        stays.forEach(stay -> stay.end(0));
        stays.clear();
        posts.clear();
        downloads.clear();
        sources.clear();
    }

    int port() {
        return server.activeLocalPort();
    }

    String url(String source) {
        return "https://127.0.0.1:" + port() + "/stream/" + source;
    }

    /** The next transcoder that registers. */
    Stay stay() throws InterruptedException {
        return present(stays.poll(10, TimeUnit.SECONDS), "registration");
    }

    /** The next result. */
    Post post() throws InterruptedException {
        return present(posts.poll(20, TimeUnit.SECONDS), "result");
    }

    private static <T> T present(T found, String what) {
        if (found == null) {
            throw new AssertionError("no " + what + " came");
        }
        return found;
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
