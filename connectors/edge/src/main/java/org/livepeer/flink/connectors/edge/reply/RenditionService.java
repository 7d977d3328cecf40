package org.livepeer.flink.connectors.edge.reply;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.livepeer.flink.connectors.edge.http.PlainErrors;
import org.livepeer.flink.connectors.edge.reply.RenditionIndex.Place;
import org.livepeer.flink.connectors.kafka.client.KafkaMediaReader;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.schemas.OutputFormat;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.TopicRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /stream/SESSION/RENDITION/SEQ.ts} (or {@code .mp4}, and {@code .phash} behind either
 * for its video signature): renditions of the wire's sessions, from memory, the segment store, or
 * read back from the answer's record. Whichever edge answered the segment. 404 {@code ErrNotFound}
 * otherwise, as go-livepeer's media server has it; not before the edge has had time to read what
 * another one may have told of.
 */
public final class RenditionService implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(RenditionService.class);
    private static final String SIGNATURE = ".phash";
    private static final int LONGEST_PATH = 512;

    /** As long as an edge may be behind the one that told of a rendition. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Pattern OF_A_SESSION =
            Pattern.compile("[0-9a-f]{16}/[^/]{1,200}/\\d{1,18}\\.(ts|mp4)");

    private final RenditionIndex index;
    private final SegmentStore store;
    private final KafkaMediaReader reader;

    public RenditionService(RenditionIndex index, SegmentStore store, KafkaMediaReader reader) {
        this.index = index;
        this.store = store;
        this.reader = reader;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        if (req.method() != HttpMethod.GET && req.method() != HttpMethod.HEAD) {
            return PlainErrors.text(HttpStatus.METHOD_NOT_ALLOWED, "Method Not Allowed");
        }
        String path = ctx.decodedMappedPath().substring(1);
        if (path.length() > LONGEST_PATH) {
            return gone();
        }
        boolean signature = path.endsWith(SIGNATURE);
        String media = signature ? path.substring(0, path.length() - SIGNATURE.length()) : path;
        boolean head = req.method() == HttpMethod.HEAD;
        Optional<Place> found = index.find(media);
        if (found.isPresent()) {
            return answer(ctx, media, found.get(), signature, head);
        }
        if (!OF_A_SESSION.matcher(media).matches()) {
            return gone();
        }
        return HttpResponse.of(
                index.await(media, PATIENCE)
                        .thenApplyAsync(
                                late ->
                                        late.map(p -> answer(ctx, media, p, signature, head))
                                                .orElseGet(RenditionService::gone),
                                ctx.eventLoop()));
    }

    private HttpResponse answer(
            ServiceRequestContext ctx, String media, Place place, boolean signature, boolean head) {
        if (signature) {
            ByteBuffer bytes = place.signature();
            return bytes == null ? gone() : whole("application/octet-stream", bytes, head);
        }
        String type = place.format() == OutputFormat.MP4 ? "video/mp4" : "video/mp2t";
        if (head) {
            return HttpResponse.of(headers(type, place.length()).build());
        }
        StoreReference reference = place.reference();
        if (reference != null) {
            return stored(ctx, reference, type);
        }
        return index.inMemory(media)
                .map(bytes -> whole(type, bytes, false))
                .orElseGet(() -> readBack(place, type));
    }

    private HttpResponse stored(ServiceRequestContext ctx, StoreReference reference, String type) {
        return HttpResponse.of(
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return HttpResponse.of(
                                        headers(type, reference.getLength()).build(),
                                        StreamMessage.builder(store.open(reference))
                                                .executor(ctx.blockingTaskExecutor())
                                                .bufferSize(1 << 16)
                                                .build());
                            } catch (IOException e) {
                                LOG.debug("rendition not in the store", e);
                                return gone();
                            }
                        },
                        ctx.blockingTaskExecutor()));
    }

    private HttpResponse readBack(Place place, String type) {
        return HttpResponse.of(
                reader.read(place.record())
                        .thenApply(record -> whole(type, media(record, place.number()), false))
                        .exceptionally(
                                failure -> {
                                    LOG.debug("rendition not read back", failure);
                                    return gone();
                                }));
    }

    private static ByteBuffer media(TopicRecord record, int number) {
        try {
            return RecordCodec.of(SegmentResult.class)
                    .decode(toBytes(record.getValue().duplicate()))
                    .getRenditions()
                    .get(number)
                    .getPayload();
        } catch (RecordCodec.UndecodableException e) {
            throw new CompletionException(e);
        }
    }

    private static HttpResponse whole(String type, ByteBuffer bytes, boolean head) {
        ResponseHeaders headers = headers(type, bytes.remaining()).build();
        if (head) {
            return HttpResponse.of(headers);
        }
        ByteBuffer media = bytes.duplicate();
        HttpData body =
                media.hasArray()
                        ? HttpData.wrap(
                                media.array(),
                                media.arrayOffset() + media.position(),
                                media.remaining())
                        : HttpData.copyOf(toBytes(media));
        return HttpResponse.of(headers, body);
    }

    private static byte[] toBytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static ResponseHeadersBuilder headers(String type, long length) {
        return ResponseHeaders.builder(HttpStatus.OK)
                .set("access-control-allow-origin", "*")
                .set("access-control-expose-headers", "Content-Length")
                .set("cache-control", "max-age=5")
                .set("content-type", type)
                .contentLength(length);
    }

    private static HttpResponse gone() {
        return PlainErrors.text(HttpStatus.NOT_FOUND, "ErrNotFound");
    }
}
