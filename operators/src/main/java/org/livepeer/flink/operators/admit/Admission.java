package org.livepeer.flink.operators.admit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.auth.StampSeal;
import org.livepeer.flink.operators.segment.InvalidSegmentException;
import org.livepeer.flink.operators.segment.Ladder;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Intake;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.SegmentStamp;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * The rules by which a push becomes a {@link Request}: size, hash, number, duration, profiles,
 * payer. Stateless; never throws because of what a producer wrote.
 */
public final class Admission {
    private static final Pattern MANIFEST = Pattern.compile("[A-Za-z0-9._~-]{1,128}");
    private static final Pattern STORE_NAME = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final AdmitOptions options;
    private final StampSeal seal;

    /**
     * @param seal of the cluster, which edges' stamps must carry
     */
    public Admission(AdmitOptions options, StampSeal seal) {
        this.options = options;
        this.seal = seal;
    }

    /** What became of a push. */
    public sealed interface Verdict {}

    /**
     * Is right in itself; who pays is open.
     *
     * @param intake the request without account, id and media
     * @param media to be held for Work; empty when it is in the store or has to be read back
     */
    public record Taken(Intake intake, ByteBuffer media) implements Verdict {}

    /**
     * Goes on to Ledger.
     *
     * @param request without its media
     */
    public record Accepted(Request request) implements Verdict {}

    /**
     * Ends here.
     *
     * @param answer what the producer is told; null when it cannot be told which segment it was
     * @param deadLetter the record as it came
     */
    public record Rejected(@Nullable Answer answer, DeadLetter deadLetter) implements Verdict {}

    /** Finds who pays for a manifest at a time. */
    @FunctionalInterface
    public interface Payers {
        /** The sender bound to the manifest for pushes appended at that instant, or null. */
        @Nullable String boundTo(String manifestId, long atMs);
    }

    /**
     * Decides all that one push decides by itself: {@link Taken} or {@link Rejected}.
     *
     * @param nowMs for the answer's time stamp only, never for the decision
     */
    public Verdict take(TopicRecord record, long nowMs) {
        try {
            return take(Push.read(record), record);
        } catch (InvalidSegmentException e) {
            return reject(record, e.reason(), String.valueOf(e.getMessage()), nowMs);
        }
    }

    /**
     * Decides who pays for a push that was taken: {@link Accepted} or {@link Rejected}.
     *
     * @param nowMs for the answer's time stamp only, never for the decision
     */
    public static Verdict admit(Intake intake, Payers payers, long nowMs) {
        Request request = intake.getRequest();
        if (!request.getAccount().isEmpty()) {
            // An edge said who pays, and proved that it may.
            identify(request, request.getAccount());
            return new Accepted(request);
        }
        String bound = payers.boundTo(request.getManifestId(), request.getAcceptedAtMs());
        String claimed = intake.getSender();
        TopicRecord original = intake.getOriginal();
        if (claimed != null && !claimed.equalsIgnoreCase(bound)) {
            return reject(
                    original == null
                            ? new TopicRecord(request.getOrigin(), null, Map.of(), NOTHING)
                            : original,
                    Reason.SenderNotBound,
                    "the operator has not bound this manifest to that sender: leave the sender"
                            + " out, or ask for `livepeer credit --bind`",
                    nowMs);
        }
        String account = bound == null ? "manifest:" + request.getManifestId() : "sender:" + bound;
        identify(request, account);
        return new Accepted(request);
    }

    private static void identify(Request request, String account) {
        request.setAccount(account);
        String owner = request.getOwner();
        request.setRequestId(
                RequestIds.of(
                        owner.isEmpty() ? account : "owner:" + owner,
                        request.getManifestId(),
                        request.getSeq(),
                        request.getContentHash(),
                        request.getProfiles(),
                        request.getClip(),
                        request.getCalcPerceptualHash()));
    }

    /** The media of a push in either form, for reading it back from the topic. */
    public static ByteBuffer mediaOf(TopicRecord record) throws InvalidSegmentException {
        return Push.mediaOf(record);
    }

    private Taken take(Push push, TopicRecord record) throws InvalidSegmentException {
        String manifest = push.manifestId();
        if (!MANIFEST.matcher(manifest).matches()) {
            throw new InvalidSegmentException(
                    Reason.InvalidManifest,
                    "the manifest id (the record's key) must be 1 to 128 of A-Z a-z 0-9 . _ ~ -");
        }
        require(push.seq() >= 0, Reason.InvalidSeq, "seq " + push.seq() + " must be 0 or more");
        require(
                push.durationMs() >= 1 && push.durationMs() <= AdmitOptions.LONGEST_MS,
                Reason.InvalidDuration,
                "duration " + push.durationMs() + " ms must be 1 to 300000");
        require(
                push.deadlineMs() >= 0 && push.deadlineMs() <= AdmitOptions.LONGEST_MS,
                Reason.InvalidDeadline,
                "deadline " + push.deadlineMs() + " ms must be 1 to 300000, or 0 for the default");
        Ladder.check(push.profiles());
        checkClip(push.clip());
        StoreReference reference = push.reference();
        long mediaBytes = checkMedia(push.media(), reference);
        ByteBuffer hash = contentHash(push, reference);
        SegmentStamp stamp = push.stamp();
        require(
                stamp == null || isSealed(stamp, push, hash),
                Reason.BadMac,
                "the push carries a stamp that no edge of this cluster made for it: leave the stamp"
                        + " out, or give the edge the cluster's secret");
        long acceptedAt = record.getOrigin().getTimestampMs();
        long deadline = push.deadlineMs() == 0 ? options.defaultDeadlineMs() : push.deadlineMs();
        boolean inline = reference == null && mediaBytes <= options.maxInlineBytes();
        Request request =
                Request.newBuilder()
                        .setRequestId("")
                        .setAccount(stamp == null ? "" : stamp.getAccount())
                        .setOwner(stamp == null ? "" : stamp.getOwner())
                        .setQuotedPrice(stamp == null ? null : stamp.getPrice())
                        .setPaymentId(stamp == null ? "" : stamp.getPaymentId())
                        .setCell(options.cell())
                        .setManifestId(manifest)
                        .setSeq(push.seq())
                        .setDurationMs(push.durationMs())
                        .setProfiles(push.profiles())
                        .setClip(push.clip())
                        .setCalcPerceptualHash(push.perceptualHash())
                        .setContentHash(hash)
                        .setAcceptedAtMs(acceptedAt)
                        .setDeadlineAtMs(acceptedAt + deadline)
                        .setEstimatedPixels(
                                Ladder.estimatedPixels(push.profiles(), push.durationMs()))
                        .setLoadPixelsPerSecond(Ladder.loadPixelsPerSecond(push.profiles()))
                        .setAnswer(push.answer())
                        .setReplyPartition(push.replyPartition())
                        .setReplyTag(push.keptTag())
                        .setOrigin(record.getOrigin())
                        .setMediaBytes(mediaBytes)
                        .setReference(reference)
                        .build();
        // Only who claims a sender can still be refused, and needs the bytes for that.
        Intake intake = new Intake(request, push.sender(), push.sender() == null ? null : record);
        return new Taken(intake, inline ? push.media() : NOTHING);
    }

    private boolean isSealed(SegmentStamp stamp, Push push, ByteBuffer hash) {
        String contentId =
                RequestIds.of(
                        "",
                        push.manifestId(),
                        push.seq(),
                        hash,
                        push.profiles(),
                        push.clip(),
                        push.perceptualHash());
        return seal.holds(stamp, contentId, push.durationMs());
    }

    private static void checkClip(@Nullable Clip clip) throws InvalidSegmentException {
        require(
                clip == null || (clip.getFromMs() >= 0 && clip.getToMs() > clip.getFromMs()),
                Reason.InvalidClip,
                "clip must have from 0 or more, and to after from");
    }

    private long checkMedia(ByteBuffer media, @Nullable StoreReference reference)
            throws InvalidSegmentException {
        if (reference == null) {
            require(media.remaining() > 0, Reason.EmptySegment, "the media is empty");
            checkSize(media.remaining());
            return media.remaining();
        }
        require(
                media.remaining() == 0,
                Reason.InvalidReference,
                "a push has media or a reference, not both");
        require(
                STORE_NAME.matcher(reference.getName()).matches(),
                Reason.InvalidReference,
                "the reference must be a name that the upload port or the store gave out");
        require(
                reference.getHash().remaining() == 32,
                Reason.InvalidReference,
                "the reference's hash must be a SHA-256, 32 bytes");
        require(reference.getLength() > 0, Reason.EmptySegment, "the referenced media is empty");
        checkSize(reference.getLength());
        return reference.getLength();
    }

    private void checkSize(long bytes) throws InvalidSegmentException {
        require(
                bytes <= options.maxMediaBytes(),
                Reason.SegmentTooLarge,
                bytes + " bytes of media, at most " + options.maxMediaBytes() + " are accepted");
    }

    private static ByteBuffer contentHash(Push push, @Nullable StoreReference reference)
            throws InvalidSegmentException {
        ByteBuffer hash;
        if (reference == null) {
            MessageDigest digest = RequestIds.sha256();
            digest.update(push.media().duplicate());
            hash = ByteBuffer.wrap(digest.digest());
        } else {
            hash = reference.getHash();
        }
        ByteBuffer claimed = push.claimedHash();
        require(
                claimed == null || claimed.equals(hash),
                Reason.HashMismatch,
                "contentHash is not the SHA-256 of the media: it was damaged on the way");
        return hash;
    }

    private static void require(boolean holds, Reason reason, String detail)
            throws InvalidSegmentException {
        if (!holds) {
            throw new InvalidSegmentException(reason, detail);
        }
    }

    private static Verdict reject(TopicRecord record, Reason reason, String detail, long nowMs) {
        DeadLetter letter =
                new DeadLetter(
                        reason.name(),
                        detail,
                        record.getOrigin(),
                        record.getKey(),
                        record.getHeaders(),
                        record.getValue());
        String manifest = Push.key(record);
        if (!MANIFEST.matcher(manifest).matches()) {
            return new Rejected(null, letter);
        }
        boolean raw = Push.isRaw(record);
        SegmentResult body =
                SegmentResult.newBuilder()
                        .setRequestId("")
                        .setManifestId(manifest)
                        .setSeq(seqOf(record))
                        .setStatus(reason.name())
                        .setDetail(detail)
                        .setAcceptedAtMs(record.getOrigin().getTimestampMs())
                        .setAnsweredAtMs(nowMs)
                        .setRenditions(List.of())
                        .setReplyTag(replyTag(record))
                        .build();
        return new Rejected(
                new Answer(raw ? AnswerKind.RAW : AnswerKind.RESULT, replyPartition(record), body),
                letter);
    }

    private static long seqOf(TopicRecord record) {
        try {
            return Push.read(record).seq();
        } catch (InvalidSegmentException e) {
            String text = Push.text(record.getHeaders(), Push.SEQ);
            return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
        }
    }

    private static String replyTag(TopicRecord record) {
        try {
            return Push.read(record).keptTag();
        } catch (InvalidSegmentException e) {
            return "";
        }
    }

    private static int replyPartition(TopicRecord record) {
        try {
            return Push.read(record).replyPartition();
        } catch (InvalidSegmentException e) {
            return -1;
        }
    }
}
