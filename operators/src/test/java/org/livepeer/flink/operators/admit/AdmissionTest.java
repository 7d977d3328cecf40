package org.livepeer.flink.operators.admit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.admit.Admission.Accepted;
import org.livepeer.flink.operators.admit.Admission.Rejected;
import org.livepeer.flink.operators.admit.Admission.Taken;
import org.livepeer.flink.operators.admit.Admission.Verdict;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.auth.StampSeal;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.operators.segment.ProfileText;
import org.livepeer.flink.operators.segment.RequestIds;
import org.livepeer.flink.schemas.AnswerKind;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.Profile;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.SegmentStamp;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.TopicRecord;

class AdmissionTest {
    private static final byte[] MEDIA = new byte[] {0x47, 1, 2, 3};
    private final Admission admission =
            new Admission(
                    new AdmitOptions(100, 1_000, 30_000, "main"), new StampSeal(Requests.SECRET));

    private static Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        headers.put("livepeer-seq", "5");
        headers.put("livepeer-duration-ms", "2000");
        headers.put("livepeer-profiles", "P240p30fps16x9,P144p30fps16x9");
        return headers;
    }

    private Verdict admit(TopicRecord record) {
        return admit(record, (manifest, at) -> null);
    }

    private Verdict admit(TopicRecord record, Admission.Payers payers) {
        return admission.take(record, 2_000_000) instanceof Taken taken
                ? Admission.admit(taken.intake(), payers, 2_000_000)
                : admission.take(record, 2_000_000);
    }

    private ByteBuffer held(TopicRecord record) {
        return ((Taken) admission.take(record, 0)).media();
    }

    private void rejected(TopicRecord record, Reason reason) {
        Verdict verdict = admit(record);
        assertThat(verdict).isInstanceOf(Rejected.class);
        Rejected rejected = (Rejected) verdict;
        assertThat(rejected.deadLetter().getReason()).isEqualTo(reason.name());
        assertThat(rejected.deadLetter().getDetail()).isNotBlank();
        assertThat(rejected.deadLetter().getValue()).isEqualTo(record.getValue());
        assertThat(rejected.deadLetter().getOrigin()).isEqualTo(record.getOrigin());
    }

    private void rejected(Consumer<Map<String, String>> change, Reason reason) {
        Map<String, String> headers = headers();
        change.accept(headers);
        rejected(Requests.raw("cam", headers, MEDIA), reason);
    }

    @Test
    void acceptsARawPush() {
        Verdict verdict = admit(Requests.raw("cam", headers(), MEDIA));

        Request request = ((Accepted) verdict).request();
        assertThat(request.getAccount()).isEqualTo("manifest:cam");
        assertThat(request.getSeq()).isEqualTo(5);
        assertThat(request.getAnswer()).isEqualTo(AnswerKind.RAW);
        assertThat(request.getAcceptedAtMs()).isEqualTo(1_000_000);
        assertThat(request.getDeadlineAtMs()).isEqualTo(1_030_000);
        assertThat(request.getEstimatedPixels())
                .isEqualTo(426L * 240 * 30 * 2 + 256L * 144 * 30 * 2);
        assertThat(held(Requests.raw("cam", headers(), MEDIA))).isEqualTo(ByteBuffer.wrap(MEDIA));
        assertThat(request.getPayload().remaining()).as("media travels beside it").isZero();
        assertThat(request.getContentHash())
                .isEqualTo(ByteBuffer.wrap(RequestIds.sha256().digest(MEDIA)));
    }

    @Test
    void theSamePushHasTheSameIdAndAnotherContentAnother() {
        Request first = ((Accepted) admit(Requests.raw("cam", headers(), MEDIA))).request();
        Request again = ((Accepted) admit(Requests.raw("cam", headers(), MEDIA))).request();
        Request other =
                ((Accepted) admit(Requests.raw("cam", headers(), new byte[] {0x47}))).request();

        assertThat(again.getRequestId()).isEqualTo(first.getRequestId());
        assertThat(other.getRequestId()).isNotEqualTo(first.getRequestId());
    }

    @Test
    void leavesLargeMediaInTheTopic() {
        byte[] large = new byte[101];

        Accepted accepted = (Accepted) admit(Requests.raw("cam", headers(), large));

        assertThat(held(Requests.raw("cam", headers(), large)).remaining()).isZero();
        assertThat(accepted.request().getMediaBytes()).isEqualTo(101);
        assertThat(accepted.request().getOrigin().getOffset()).isEqualTo(41);
    }

    @Test
    void rejectsEveryWrongFieldWithItsReason() {
        rejected(h -> h.remove("livepeer-seq"), Reason.InvalidSeq);
        rejected(h -> h.put("livepeer-seq", "-1"), Reason.InvalidSeq);
        rejected(h -> h.put("livepeer-seq", "x"), Reason.InvalidSeq);
        rejected(h -> h.put("livepeer-duration-ms", "0"), Reason.InvalidDuration);
        rejected(h -> h.put("livepeer-duration-ms", "-5"), Reason.InvalidDuration);
        rejected(h -> h.put("livepeer-duration-ms", "300001"), Reason.InvalidDuration);
        rejected(h -> h.put("livepeer-profiles", "P999"), Reason.UnknownProfile);
        rejected(h -> h.put("livepeer-deadline-ms", "-1"), Reason.InvalidDeadline);
        rejected(h -> h.put("livepeer-sender", "0xabc"), Reason.SenderNotBound);
        rejected(h -> h.put("livepeer-reference", "x"), Reason.InvalidReference);
        rejected(Requests.raw("cam", headers(), new byte[0]), Reason.EmptySegment);
        rejected(Requests.raw("cam", headers(), new byte[1_001]), Reason.SegmentTooLarge);
        rejected(Requests.raw("../etc", headers(), MEDIA), Reason.InvalidManifest);
        rejected(Requests.raw("cam", Map.of(), MEDIA), Reason.UndecodableRecord);
    }

    @Test
    void answersARejectedPushUnderItsNumber() {
        Map<String, String> headers = headers();
        headers.put("livepeer-duration-ms", "0");

        Rejected rejected = (Rejected) admit(Requests.raw("cam", headers, MEDIA));

        assertThat(rejected.answer()).isNotNull();
        assertThat(rejected.answer().getKind()).isEqualTo(AnswerKind.RAW);
        assertThat(rejected.answer().getBody().getSeq()).isEqualTo(5);
        assertThat(rejected.answer().getBody().getStatus()).isEqualTo("InvalidDuration");
    }

    @Test
    void aReferenceIsAStoreNameNeverAPathOrUrl() {
        for (String name :
                List.of("/etc/passwd", "../../x", "http://127.0.0.1/x", "a".repeat(44), "")) {
            Segment segment = avro();
            segment.setPayload(ByteBuffer.allocate(0));
            segment.setReference(new StoreReference(name, 10L, ByteBuffer.allocate(32)));
            rejected(record(segment), Reason.InvalidReference);
        }
    }

    @Test
    void acceptsAnAvroPushAndChecksItsHash() {
        Segment segment = avro();
        segment.setContentHash(ByteBuffer.wrap(RequestIds.sha256().digest(MEDIA)));
        assertThat(admit(record(segment))).isInstanceOf(Accepted.class);

        segment.setContentHash(ByteBuffer.allocate(32));
        rejected(record(segment), Reason.HashMismatch);
    }

    @Test
    void aManifestBoundToASenderIsPaidByIt() {
        Verdict verdict = admit(Requests.raw("cam", headers(), MEDIA), (manifest, at) -> "0xab");

        assertThat(((Accepted) verdict).request().getAccount()).isEqualTo("sender:0xab");
        Map<String, String> claims = headers();
        claims.put("livepeer-sender", "0xAB");
        assertThat(admit(Requests.raw("cam", claims, MEDIA), (manifest, at) -> "0xab"))
                .isInstanceOf(Accepted.class);
        assertThat(admit(Requests.raw("cam", claims, MEDIA), (manifest, at) -> "0xcd"))
                .isInstanceOf(Rejected.class);
    }

    @Test
    void whatAnEdgeStampedIsTaken() throws Exception {
        Segment segment = stamped();

        Request request = ((Accepted) admit(record(segment))).request();

        assertThat(request.getAccount()).isEqualTo("session:0xab:s");
        assertThat(request.getOwner()).isEqualTo("0xab");
        assertThat(request.getPaymentId()).isEqualTo("p");
        assertThat(request.getQuotedPrice()).isEqualTo(Fraction.of(3).toRational());
    }

    @Test
    void aStampIsWorthNothingOnAnotherSegmentOrChanged() throws Exception {
        List<Profile> wider = ProfileText.parse("P240p30fps16x9");
        List<Consumer<Segment>> changes =
                List.of(
                        s -> s.setSeq(6),
                        s -> s.setManifestId("other"),
                        s -> s.setDurationMs(1),
                        s -> s.setPayload(ByteBuffer.wrap(new byte[] {0x47})),
                        s -> s.setProfiles(wider),
                        s -> s.setClip(new Clip(0L, 1L)),
                        s -> s.setCalcPerceptualHash(true),
                        s -> s.getStamp().setAccount("session:0xcd:s"),
                        s -> s.getStamp().setOwner("0xcd"),
                        s -> s.getStamp().setPrice(Fraction.of(2).toRational()),
                        s -> s.getStamp().setPaymentId(""),
                        s -> s.getStamp().setArrivedAtMs(0),
                        s -> s.getStamp().setMac(ByteBuffer.allocate(32)),
                        s -> s.getStamp().setMac(ByteBuffer.allocate(0)));

        for (Consumer<Segment> change : changes) {
            Segment segment = stamped();
            change.accept(segment);
            rejected(record(segment), Reason.BadMac);
        }
        Segment stranger = stamped();
        stamp(stranger, new StampSeal(new ClusterSecret("0123456789abcdef".getBytes(UTF_8))));
        rejected(record(stranger), Reason.BadMac);
    }

    private static Segment stamped() throws Exception {
        Segment segment = avro();
        segment.setPresets(List.of());
        segment.setProfiles(ProfileText.parse("P144p30fps16x9"));
        return stamp(segment, new StampSeal(Requests.SECRET));
    }

    private static Segment stamp(Segment segment, StampSeal seal) {
        SegmentStamp stamp =
                SegmentStamp.newBuilder()
                        .setAccount("session:0xab:s")
                        .setOwner("0xab")
                        .setPrice(Fraction.of(3).toRational())
                        .setPaymentId("p")
                        .setArrivedAtMs(1_000_000)
                        .build();
        String contentId =
                RequestIds.of(
                        "",
                        segment.getManifestId(),
                        segment.getSeq(),
                        ByteBuffer.wrap(RequestIds.sha256().digest(MEDIA)),
                        segment.getProfiles(),
                        null,
                        false);
        segment.setStamp(seal.seal(stamp, contentId, segment.getDurationMs()));
        return segment;
    }

    @Test
    void noBytesMakeItThrow() {
        Random random = new Random(20261124);
        byte[] good = RecordCodec.of(Segment.class).encode(avro());
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (i % 3 == 0) {
                bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            TopicRecord record = record(avro());
            record.setValue(ByteBuffer.wrap(bytes));
            assertThat(admit(record)).isNotNull();
        }
    }

    private static Segment avro() {
        return Segment.newBuilder()
                .setManifestId("cam")
                .setSeq(5)
                .setDurationMs(2_000)
                .setPresets(List.of("P144p30fps16x9"))
                .setPayload(ByteBuffer.wrap(MEDIA))
                .build();
    }

    private static TopicRecord record(Segment segment) {
        return new TopicRecord(
                new Coordinates("segments", 0, 1L, 1_000_000L),
                ByteBuffer.wrap("cam".getBytes(UTF_8)),
                new HashMap<>(),
                ByteBuffer.wrap(RecordCodec.of(Segment.class).encode(segment)));
    }
}
