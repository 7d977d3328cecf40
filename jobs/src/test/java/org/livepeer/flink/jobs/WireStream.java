package org.livepeer.flink.jobs;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.connectors.gateway.OrchestratorClient;
import org.livepeer.flink.connectors.gateway.SignedSegment;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.net.OrchestratorInfo;
import org.livepeer.flink.schemas.net.TranscodeResult;
import org.livepeer.flink.schemas.net.TranscodedSegmentData;

/**
 * A gateway's stream off chain in steps that can be timed one by one: a token, a segment's answer,
 * its renditions. The session is renewed before its token ends and after any failure. One thread.
 */
public final class WireStream {
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration EARLY = Duration.ofMinutes(3);
    private static final int ADDRESS_BYTES = 20;

    private final OrchestratorClient client;
    private final String manifest;
    private final List<Profile> ladder;
    private final byte[] sender = new byte[ADDRESS_BYTES];
    private @Nullable OrchestratorInfo info;

    /** Its sender has an address that nobody else has. */
    public WireStream(OrchestratorClient client, String manifest, List<Profile> ladder) {
        this.client = client;
        this.manifest = manifest;
        this.ladder = List.copyOf(ladder);
        new Random(manifest.hashCode()).nextBytes(sender);
    }

    /**
     * The header of a segment; asks for a token when there is none that lasts.
     *
     * @throws IOException when no token is given, with the orchestrator's text
     */
    public byte[] prepare(long seq, byte[] media, int durationMs) throws IOException {
        return SignedSegment.of(manifest, seq, media, durationMs, ladder, known().getAuthToken())
                .build()
                .toByteArray();
    }

    private OrchestratorInfo known() throws IOException {
        OrchestratorInfo known = info;
        if (known == null
                || System.currentTimeMillis()
                        > known.getAuthToken().getExpiration() * 1_000 - EARLY.toMillis()) {
            try {
                known = client.hello(sender, new byte[0]);
            } catch (StatusRuntimeException e) {
                throw new IOException(String.valueOf(e.getStatus().getDescription()), e);
            }
            info = known;
        }
        return known;
    }

    /**
     * Sends a segment and reads its answer to the end.
     *
     * @param segment as {@link #prepare} made it
     * @throws IOException when there are no renditions, and what the orchestrator said
     */
    public TranscodeResult send(byte[] segment, byte[] media) throws IOException {
        try {
            AggregatedHttpResponse answer =
                    client.post("/segment", new byte[0], segment, media, PATIENCE);
            if (answer.status().code() != 200) {
                throw new IOException(answer.status().code() + " " + answer.contentUtf8().strip());
            }
            TranscodeResult result = TranscodeResult.parseFrom(answer.content().array());
            if (!result.getError().isEmpty()) {
                throw new IOException(result.getError());
            }
            if (result.hasInfo()) {
                info = result.getInfo();
            }
            return result;
        } catch (CompletionException e) {
            info = null;
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (IOException e) {
            info = null;
            throw e;
        }
    }

    /**
     * The renditions of an answer, in the order of the ladder.
     *
     * @throws IOException when one is missing or cannot be downloaded
     */
    public List<byte[]> download(TranscodeResult result) throws IOException {
        List<byte[]> renditions = new ArrayList<>();
        for (TranscodedSegmentData each : result.getData().getSegmentsList()) {
            try {
                AggregatedHttpResponse answer = client.download(each.getUrl(), PATIENCE);
                if (answer.status().code() != 200) {
                    throw new IOException("rendition: " + answer.status().code());
                }
                renditions.add(answer.content().array());
            } catch (CompletionException e) {
                throw new IOException("rendition: " + e.getCause(), e);
            }
        }
        if (renditions.size() != ladder.size()) {
            throw new IOException(renditions.size() + " renditions");
        }
        return renditions;
    }
}
