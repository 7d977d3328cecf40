package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.storage.SegmentStore;
import org.livepeer.flink.connectors.storage.SharedDirectoryStore;
import org.livepeer.flink.connectors.storage.StoreOptions;
import org.livepeer.flink.connectors.transcoder.media.Oddities;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.GrantCredit;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.StoreReference;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * What nobody should send, on a real broker and a real worker process: all of it is answered or
 * dead-lettered, nothing is charged that was not delivered, and the job is never restarted.
 */
class BadInputIT extends WithWorkerProcess {
    private static final String NO_VIDEO = "TranscoderInvalidVideo|UnsupportedMedia";
    private static final int TS_PACKET = 188;

    private final Map<Long, String> expected = new TreeMap<>();

    @Test
    void badMediaIsAnsweredWithItsReason() throws Exception {
        byte[] good = segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000));
        byte[] other = segment(SyntheticOptions.of(256, 144, 30).withSegmentMs(500));
        byte[] garbage = new byte[50_000];
        new Random(1).nextBytes(garbage);
        try (ServerSocket trap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + trap.getLocalPort() + "/a.ts";
            byte[] playlist =
                    ("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + url + "\n#EXT-X-ENDLIST\n")
                            .getBytes(UTF_8);
            push("ok", good);
            push(NO_VIDEO, garbage);
            push("EmptySegment", new byte[0]);
            push("ok", Arrays.copyOf(good, good.length * 2 / 3));
            push(
                    "ok",
                    segment(
                            SyntheticOptions.of(320, 180, 30)
                                    .withSegmentMs(1_000)
                                    .withCodec(VideoCodec.H265)));
            push(NO_VIDEO, playlist);
            push(NO_VIDEO, inTransportStream(playlist));
            push(NO_VIDEO, ("ffconcat version 1.0\nfile '" + url + "'\n").getBytes(UTF_8));
            push(
                    NO_VIDEO,
                    ("<?xml version=\"1.0\"?><MPD><BaseURL>" + url + "</BaseURL></MPD>")
                            .getBytes(UTF_8));
            push("TranscoderInvalidVideo", Oddities.audioOnly());
            push("NoKeyFrame", Oddities.withoutKeyFrames(good));
            push("ok", Oddities.onePixel());
            push("ok", Oddities.ofSize(2, 2));
            push(
                    "ok",
                    Oddities.joined(
                            1,
                            other,
                            segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(500))));
            // Declared and paid as 1 s of 144p, in truth far more.
            push(
                    "PixelLimitExceeded",
                    segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(8_000)));

            assertAnswered();

            trap.setSoTimeout(200);
            assertThatThrownBy(trap::accept).isInstanceOf(SocketTimeoutException.class);
        }
        assertExact();
    }

    @Test
    void badPushesAreRefusedBeforeAnyWork() throws Exception {
        byte[] good = segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000));
        for (String duration : List.of("0", "-5", "300001", "1e3", "")) {
            push("InvalidDuration", good, Map.of("livepeer-duration-ms", duration));
        }
        push("UnknownProfile", good, Map.of("livepeer-profiles", "P4096p"));
        push(
                "InvalidProfile",
                good,
                Map.of("livepeer-profiles", "[{\"width\":4097,\"height\":16,\"bitrate\":1000}]"));
        push(
                "TooManyProfiles",
                good,
                Map.of(
                        "livepeer-profiles",
                        String.join(",", Collections.nCopies(17, "P144p30fps16x9"))));
        push("SenderNotBound", good, Map.of("livepeer-sender", "0x" + "a".repeat(40)));
        push("InvalidReference", new byte[0], reference("../../etc/passwd", 10, "0".repeat(64)));
        // A name of the right form that the store never gave out.
        push("InvalidReference", new byte[0], reference("A".repeat(43), 10, "0".repeat(64)));

        assertAnswered();
        assertExact();
    }

    @Test
    void mediaOf300MegabytesPassAndAWrongHashDoesNot() throws Exception {
        byte[] good = segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000));
        SegmentStore store =
                new SharedDirectoryStore(
                        StoreOptions.of(folder.resolve("worker").resolve("store")));
        StoreReference small = store.put(ByteBuffer.wrap(good));
        StoreReference large;
        try (SegmentStore.Upload upload = store.begin(SegmentStore.LARGEST_OBJECT)) {
            upload.write(ByteBuffer.wrap(good));
            byte[] stuffing = stuffing(5_000);
            long left = SegmentStore.LARGEST_OBJECT - good.length;
            for (; left > stuffing.length; left -= stuffing.length) {
                upload.write(ByteBuffer.wrap(stuffing));
            }
            large = upload.commit();
        }

        push("ok", new byte[0], reference(small));
        push(
                "HashMismatch",
                new byte[0],
                reference(small.getName(), small.getLength(), "1".repeat(64)));
        push(
                "InvalidReference",
                new byte[0],
                reference(small.getName(), small.getLength() + 1, hex(small)));
        push("ok", new byte[0], reference(large));
        push(
                "SegmentTooLarge",
                new byte[0],
                reference(small.getName(), SegmentStore.LARGEST_OBJECT + 1, hex(small)));

        assertThat(large.getLength()).isGreaterThan(299_000_000);
        assertAnswered();
        assertExact();
    }

    @Test
    void numbersInAnyOrderAreAnsweredAndARepeatCostsNothing() throws Exception {
        byte[] first = segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000));
        byte[] second = Arrays.copyOf(first, first.length - TS_PACKET);

        for (long seq : new long[] {20, 18, 19, Long.MAX_VALUE, 20}) {
            expected.put(seq, "ok");
            send(seq, first, Map.of());
        }
        send(18, second, Map.of());
        expected.put(-1L, "InvalidSeq");
        send(-1, first, Map.of());

        assertAnswered();
        // The same number with other content is new work, the same content is not.
        assertThat(account(5).getChargedSegments()).isEqualTo(5);
        assertThat(rig.wasRestarted(job)).isFalse();
    }

    @Test
    void whatIsNoRecordOrForgedIsADeadLetterAndChangesNothing() throws Exception {
        String account = "manifest:" + stream;
        byte[] key = account.getBytes(UTF_8);
        byte[] grant =
                RecordCodec.of(ControlCommand.class)
                        .encode(
                                ControlCommand.newBuilder()
                                        .setId("forged")
                                        .setTarget(account)
                                        .setIssuedAtMs(0)
                                        .setCommand(new GrantCredit(Fraction.of(1).toRational()))
                                        .build());
        byte[] unknownVersion = grant.clone();
        unknownVersion[4] ^= 1;
        Properties properties = rig.address.producerProperties();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("control", key, grant));
            producer.send(new ProducerRecord<>("receipts", key, new byte[] {1, 2, 3}));
            producer.send(new ProducerRecord<>("workers", key, new byte[0]));
            producer.send(new ProducerRecord<>("segments", "cam2".getBytes(UTF_8), unknownVersion));
            producer.send(new ProducerRecord<>("segments", null, new byte[] {9}));
            producer.send(new ProducerRecord<>("epochs", key, new byte[] {9}));
            producer.flush();
        }

        until(
                Topics.DEAD_LETTER,
                all ->
                        letters(all, "BadMac", "control") >= 1
                                && letters(all, "BadMac", "receipts") >= 1
                                && letters(all, "BadMac", "workers") >= 1
                                && letters(all, "BadMac", "epochs") >= 1
                                && letters(all, "UndecodableRecord", "segments") >= 2);

        push("ok", segment(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000)));
        assertAnswered();
        assertExact();
    }

    private void push(String status, byte[] media) throws Exception {
        push(status, media, Map.of());
    }

    private void push(String status, byte[] media, Map<String, String> headers) throws Exception {
        long seq = expected.size();
        expected.put(seq, status);
        send(seq, media, headers);
    }

    private void send(long seq, byte[] media, Map<String, String> headers) throws Exception {
        rig.pushes
                .pushRaw(stream, seq, 1_000, "P144p30fps16x9", media, headers)
                .get(30, TimeUnit.SECONDS);
    }

    private void assertAnswered() {
        Map<Long, String> got = statuses(answers(expected.size()));
        expected.forEach(
                (seq, status) -> assertThat(got.get(seq)).as("segment %s", seq).matches(status));
    }

    private void assertExact() throws Exception {
        long paid = expected.values().stream().filter("ok"::equals).count();
        AccountState account = account(paid);
        assertThat(account.getChargedSegments()).isEqualTo(paid);
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
        assertThat(Fraction.of(account.getGranted())).isEqualTo(Fraction.of(GRANTED));
        assertThat(rig.wasRestarted(job)).isFalse();
    }

    private static long letters(
            List<ConsumerRecord<byte[], byte[]>> all, String reason, String topic) {
        return all.stream()
                .filter(r -> reason.equals(TopicTail.header(r, "livepeer-reason")))
                .filter(r -> topic.equals(TopicTail.header(r, "livepeer-origin-topic")))
                .count();
    }

    private static byte[] segment(SyntheticOptions options) {
        try (SyntheticSource source = new SyntheticSource(options)) {
            return source.next().bytes();
        }
    }

    /** Null packets of a transport stream. */
    private static byte[] stuffing(int packets) {
        byte[] stuffing = new byte[packets * TS_PACKET];
        for (int i = 0; i < stuffing.length; i += TS_PACKET) {
            stuffing[i] = 0x47;
            stuffing[i + 1] = 0x1f;
            stuffing[i + 2] = (byte) 0xff;
            stuffing[i + 3] = 0x10;
        }
        return stuffing;
    }

    private static byte[] inTransportStream(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(stuffing(20));
        byte[] packet = Arrays.copyOf(new byte[] {0x47, 0x40, 0x00, 0x10}, TS_PACKET);
        System.arraycopy(text, 0, packet, 4, Math.min(text.length, TS_PACKET - 4));
        out.writeBytes(packet);
        out.writeBytes(stuffing(20));
        return out.toByteArray();
    }

    private static Map<String, String> reference(StoreReference reference) {
        return reference(reference.getName(), reference.getLength(), hex(reference));
    }

    private static Map<String, String> reference(String name, long length, String sha256) {
        return Map.of(
                "livepeer-reference", name,
                "livepeer-reference-length", Long.toString(length),
                "livepeer-reference-sha256", sha256);
    }

    private static String hex(StoreReference reference) {
        byte[] hash = new byte[reference.getHash().remaining()];
        reference.getHash().duplicate().get(hash);
        return HexFormat.of().formatHex(hash);
    }
}
