package org.livepeer.flink.connectors.edge.orchestrator;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.CommonPools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.edge.payment.Offers;
import org.livepeer.flink.connectors.edge.reply.ReplyDesk;
import org.livepeer.flink.connectors.edge.session.ReplyTags;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.kafka.client.SegmentProducer;
import org.livepeer.flink.operators.auth.StampSeal;
import org.livepeer.flink.operators.log.Repeats;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.operators.wire.WireTexts;
import org.livepeer.flink.schemas.Rendition;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SegmentStamp;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.net.TranscodeData;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a segment to the job and makes its answer the wire's. */
final class SegmentWork {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWork.class);
    private static final Repeats REPEATS = new Repeats(LOG);

    /** Kept back of the gateway's time: the answer has to travel as well. */
    private static final long MARGIN_MS = 400;

    private static final long LEAST_MS = 1_000;
    private static final long MOST_MS = 300_000;

    private final SegmentProducer producer;
    private final ReplyDesk desk;
    private final ReplyTags tags;
    private final StampSeal seal;
    private final RenditionUrls urls;
    private final RenditionHashes hashes;
    private final @Nullable Offers offers;

    /** Where the answer is made: the signature on chain is over media that may have to be read. */
    private final Executor last;

    private final int replyPartition =
            ThreadLocalRandom.current().nextInt(Topics.RESULTS.partitions());

    /**
     * @param offers on chain; null off chain
     */
    SegmentWork(
            SegmentProducer producer,
            ReplyDesk desk,
            ReplyTags tags,
            StampSeal seal,
            RenditionUrls urls,
            RenditionHashes hashes,
            @Nullable Offers offers) {
        this.seal = seal;
        this.urls = urls;
        this.hashes = hashes;
        this.offers = offers;
        this.last = offers == null ? Runnable::run : CommonPools.blockingTaskExecutor();
        this.producer = producer;
        this.desk = desk;
        this.tags = tags;
    }

    /**
     * What came in.
     *
     * @param reference where the media is when it is not in memory
     * @param inMemory empty when it is not
     * @param contentHash SHA-256
     * @param payment that was sent with it; empty off chain
     */
    record Media(
            @Nullable StoreReference reference,
            ByteBuffer inMemory,
            ByteBuffer contentHash,
            String payment) {
        boolean isEmpty() {
            return reference == null && inMemory.remaining() == 0;
        }
    }

    /**
     * The answer: data, or a text that says why there is none. Completes within the gateway's
     * patience.
     *
     * @param begunMs when the request came
     */
    CompletableFuture<TranscodeResult> answer(SegmentOrder order, Media media, long begunMs) {
        long now = System.currentTimeMillis();
        if (order.profiles().isEmpty()) {
            return CompletableFuture.completedFuture(
                    result(order).setData(TranscodeData.getDefaultInstance()).build());
        }
        String fault = media.isEmpty() ? WireTexts.INVALID_VIDEO : order.fault();
        if (!fault.isEmpty()) {
            return CompletableFuture.completedFuture(failed(order, fault));
        }
        long left = order.patienceMs() - (now - begunMs) - MARGIN_MS;
        long deadline = Math.min(MOST_MS, Math.max(LEAST_MS, left));
        String tag = tags.make(order.token().getSessionId(), order.stream(), order.seq());
        CompletableFuture<SegmentResult> reply = desk.await(tag, deadline + MARGIN_MS / 2);
        Segment segment =
                Segment.newBuilder()
                        .setManifestId(order.stream())
                        .setSeq(order.seq())
                        .setDurationMs(order.durationMs())
                        .setProfiles(order.profiles())
                        .setClip(order.clip())
                        .setCalcPerceptualHash(order.perceptualHash())
                        .setDeadlineMs(deadline)
                        .setReplyPartition(replyPartition)
                        .setReplyTag(tag)
                        .setReference(media.reference())
                        .setContentHash(media.contentHash())
                        .setStamp(stamp(order, media, begunMs))
                        .setPayload(media.inMemory())
                        .build();
        producer.push(segment)
                .whenComplete(
                        (where, failure) -> {
                            if (failure != null) {
                                reply.completeExceptionally(failure);
                            }
                        });
        return reply.handleAsync(
                        (answer, failure) ->
                                answer == null
                                        ? CompletableFuture.completedFuture(
                                                unanswered(order, failure))
                                        : finish(order, answer, begunMs),
                        last)
                .thenCompose(done -> done);
    }

    /**
     * Off chain the operator's price list counts, and the stream itself pays: nothing to vouch for.
     */
    private @Nullable SegmentStamp stamp(SegmentOrder order, Media media, long begunMs) {
        SegmentOrder.Payer payer = order.payer();
        if (payer == null) {
            return null;
        }
        SegmentStamp stamp =
                SegmentStamp.newBuilder()
                        .setAccount(order.purpose(payer).account())
                        .setOwner(payer.sender().lower())
                        .setPrice(order.price().toRational())
                        .setPaymentId(media.payment())
                        .setArrivedAtMs(begunMs)
                        .build();
        String contentId =
                RequestIds.of(
                        "",
                        order.stream(),
                        order.seq(),
                        media.contentHash(),
                        order.profiles(),
                        order.clip(),
                        order.perceptualHash());
        return seal.seal(stamp, contentId, order.durationMs());
    }

    private static TranscodeResult unanswered(SegmentOrder order, @Nullable Throwable failure) {
        boolean late = failure instanceof TimeoutException;
        if (!late) {
            REPEATS.warn(
                    "segment not pushed stream={} cause={}",
                    order.stream(),
                    String.valueOf(failure));
        }
        return failed(order, late ? FailureTexts.TOO_LONG : "InternalError");
    }

    private CompletableFuture<TranscodeResult> finish(
            SegmentOrder order, SegmentResult answer, long begunMs) {
        if (!answer.getStatus().equals("ok")) {
            LOG.debug(
                    "segment failed stream={} seq={} reason={} detail={}",
                    order.stream(),
                    order.seq(),
                    answer.getStatus(),
                    answer.getDetail());
            return CompletableFuture.completedFuture(failed(order, FailureTexts.of(answer)));
        }
        List<Rendition> renditions = answer.getRenditions();
        if (renditions.size() != order.profiles().size()) {
            // A gateway that gets more or fewer than it asked for may fall over.
            return CompletableFuture.completedFuture(failed(order, "MismatchedSegments"));
        }
        long left = begunMs + order.patienceMs() - System.currentTimeMillis() - MARGIN_MS / 4;
        return urls.of(order.token().getSessionId(), order.seq(), renditions, left)
                .handle(
                        (places, failure) ->
                                failure == null
                                        ? done(order, renditions, places)
                                        : notStored(order, failure));
    }

    private static TranscodeResult notStored(SegmentOrder order, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        REPEATS.warn(
                "renditions not in the object store stream={} cause={}",
                order.stream(),
                cause.toString());
        return failed(order, FailureTexts.NOT_STORED);
    }

    private TranscodeResult done(
            SegmentOrder order, List<Rendition> renditions, List<String> places) {
        TranscodeData.Builder data = TranscodeData.newBuilder();
        for (int i = 0; i < renditions.size(); i++) {
            Rendition rendition = renditions.get(i);
            TranscodedSegmentData.Builder one =
                    TranscodedSegmentData.newBuilder()
                            .setUrl(places.get(i))
                            .setPixels(rendition.getPixels());
            if (rendition.getPerceptualHash() != null) {
                one.setPerceptualHashUrl(places.get(i) + ".phash");
            }
            data.addSegments(one);
        }
        try {
            if (offers != null) {
                byte[] signature = offers.resultSignature(hashes.of(renditions));
                data.setSig(ByteString.copyFrom(signature));
            }
        } catch (IOException e) {
            REPEATS.warn("result not signed stream={} cause={}", order.stream(), e.toString());
            return failed(order, "InternalError");
        }
        return result(order).setData(data).build();
    }

    private static TranscodeResult failed(SegmentOrder order, String text) {
        return result(order).setError(text).build();
    }

    private static TranscodeResult.Builder result(SegmentOrder order) {
        return TranscodeResult.newBuilder().setSeq(order.seq()).setInfo(order.info());
    }
}
