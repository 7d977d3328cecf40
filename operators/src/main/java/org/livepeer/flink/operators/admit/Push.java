package org.livepeer.flink.operators.admit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.segment.InvalidSegmentException;
import org.livepeer.flink.operators.segment.ProfileText;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.RecordCodec.UndecodableException;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.SegmentStamp;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * A push as its producer wrote it, in either form, nothing checked but that it can be read.
 *
 * <p>Raw form: the media as the value, the manifest as the key, the rest in headers. Avro form: a
 * {@link Segment} as the value.
 */
record Push(
        AnswerKind answer,
        String manifestId,
        long seq,
        long durationMs,
        List<Profile> profiles,
        @Nullable String sender,
        @Nullable ByteBuffer claimedHash,
        @Nullable Clip clip,
        boolean perceptualHash,
        long deadlineMs,
        int replyPartition,
        String replyTag,
        @Nullable StoreReference reference,
        @Nullable SegmentStamp stamp,
        ByteBuffer media) {

    static final String SEQ = "livepeer-seq";
    static final String DURATION = "livepeer-duration-ms";
    static final String PROFILES = "livepeer-profiles";
    static final String SENDER = "livepeer-sender";
    static final String DEADLINE = "livepeer-deadline-ms";
    static final String REFERENCE = "livepeer-reference";
    static final String REFERENCE_LENGTH = "livepeer-reference-length";
    static final String REFERENCE_HASH = "livepeer-reference-sha256";

    private static final int LONGEST_TAG = 128;

    /** Whether a record is in the raw form: it has one of the headers that an Avro push has not. */
    static boolean isRaw(TopicRecord record) {
        Map<String, ByteBuffer> headers = record.getHeaders();
        return headers.containsKey(SEQ)
                || headers.containsKey(DURATION)
                || headers.containsKey(PROFILES);
    }

    /**
     * Reads a push.
     *
     * @throws InvalidSegmentException when it cannot be read, with what to do
     */
    static Push read(TopicRecord record) throws InvalidSegmentException {
        return isRaw(record) ? readRaw(record) : readAvro(record);
    }

    private static Push readRaw(TopicRecord record) throws InvalidSegmentException {
        Map<String, ByteBuffer> headers = record.getHeaders();
        String profiles = text(headers, PROFILES);
        return new Push(
                AnswerKind.RAW,
                key(record),
                number(headers, SEQ, Reason.InvalidSeq, null),
                number(headers, DURATION, Reason.InvalidDuration, null),
                ProfileText.parse(profiles == null ? "" : profiles),
                text(headers, SENDER),
                null,
                null,
                false,
                number(headers, DEADLINE, Reason.InvalidDeadline, 0L),
                -1,
                "",
                reference(headers),
                null,
                record.getValue());
    }

    private static Push readAvro(TopicRecord record) throws InvalidSegmentException {
        Segment segment;
        try {
            segment = RecordCodec.of(Segment.class).decode(bytes(record.getValue()));
        } catch (UndecodableException e) {
            throw new InvalidSegmentException(
                    Reason.UndecodableRecord,
                    e.getMessage()
                            + "; push an Avro Segment, or raw media with the headers "
                            + SEQ
                            + ", "
                            + DURATION
                            + " and "
                            + PROFILES);
        }
        List<Profile> profiles = new ArrayList<>(segment.getProfiles());
        for (String name : segment.getPresets()) {
            profiles.add(ProfileText.preset(name));
        }
        Integer partition = segment.getReplyPartition();
        return new Push(
                AnswerKind.RESULT,
                segment.getManifestId(),
                segment.getSeq(),
                segment.getDurationMs(),
                profiles,
                segment.getSender(),
                segment.getContentHash(),
                segment.getClip(),
                segment.getCalcPerceptualHash(),
                segment.getDeadlineMs(),
                partition == null ? -1 : partition,
                segment.getReplyTag(),
                segment.getReference(),
                segment.getStamp(),
                segment.getPayload());
    }

    private static @Nullable StoreReference reference(Map<String, ByteBuffer> headers)
            throws InvalidSegmentException {
        String name = text(headers, REFERENCE);
        if (name == null) {
            return null;
        }
        String hash = text(headers, REFERENCE_HASH);
        try {
            return new StoreReference(
                    name,
                    number(headers, REFERENCE_LENGTH, Reason.InvalidReference, null),
                    ByteBuffer.wrap(HexFormat.of().parseHex(hash == null ? "" : hash)));
        } catch (IllegalArgumentException e) {
            throw new InvalidSegmentException(
                    Reason.InvalidReference,
                    REFERENCE_HASH + " must be the SHA-256 of the media in hex");
        }
    }

    /** The producer's mark for its answer; empty when it is longer than any that is kept. */
    String keptTag() {
        return replyTag.length() <= LONGEST_TAG ? replyTag : "";
    }

    /** The key as text; empty when there is none. */
    static String key(TopicRecord record) {
        ByteBuffer key = record.getKey();
        return key == null ? "" : StandardCharsets.UTF_8.decode(key.duplicate()).toString();
    }

    static @Nullable String text(Map<String, ByteBuffer> headers, String name) {
        ByteBuffer value = headers.get(name);
        return value == null ? null : StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    private static long number(
            Map<String, ByteBuffer> headers, String name, Reason reason, @Nullable Long absent)
            throws InvalidSegmentException {
        String text = text(headers, name);
        if (text == null) {
            if (absent != null) {
                return absent;
            }
            throw new InvalidSegmentException(reason, "header " + name + " is missing");
        }
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            throw new InvalidSegmentException(
                    reason, "header " + name + " must be a whole number written as text");
        }
    }

    static byte[] bytes(ByteBuffer buffer) {
        if (buffer.hasArray()
                && buffer.arrayOffset() == 0
                && buffer.position() == 0
                && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** The media of a record in either form; for reading it back from the topic. */
    static ByteBuffer mediaOf(TopicRecord record) throws InvalidSegmentException {
        return isRaw(record) ? record.getValue() : readAvro(record).media();
    }
}
