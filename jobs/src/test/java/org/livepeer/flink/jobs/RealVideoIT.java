package org.livepeer.flink.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.connectors.kafka.Topics;
import org.livepeer.flink.connectors.transcoder.media.SyntheticOptions;
import org.livepeer.flink.connectors.transcoder.media.SyntheticSource;
import org.livepeer.flink.jobs.orchestrator.WorkerClients;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.VideoCodec;

/**
 * Real video, a real broker, a real worker process: what dies, and what nobody should have sent.
 */
class RealVideoIT {
    private static final long PRICE = 7;

    @TempDir Path folder;
    private OrchestratorRig rig;
    private WorkerProcess worker;
    private JobClient job;

    @BeforeEach
    void start() throws Exception {
        rig = new OrchestratorRig(folder);
        worker =
                new WorkerProcess(
                        rig.address, folder.resolve("worker"), folder.resolve("cluster.secret"));
        job =
                rig.submit(
                        rig.options("--pricePerUnit", Long.toString(PRICE)),
                        new WorkerClients(rig.address, rig.secretFile),
                        1,
                        null);
        rig.grant("manifest:cam", 1_000_000_000_000_000L);
        until(Topics.LEDGER, all -> !all.isEmpty());
        until(Topics.WORKERS, all -> !all.isEmpty());
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
        rig.close();
    }

    private List<ConsumerRecord<byte[], byte[]>> until(
            Topics topic,
            java.util.function.Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        try (TopicTail tail = rig.tail(topic)) {
            return tail.until(enough, OrchestratorRig.PATIENCE);
        }
    }

    private static List<byte[]> segments(SyntheticOptions options, int count) {
        try (SyntheticSource source = new SyntheticSource(options)) {
            byte[][] segments = new byte[count][];
            for (int i = 0; i < count; i++) {
                segments[i] = source.next().bytes();
            }
            return List.of(segments);
        }
    }

    /** Status by segment number; an ok beats an earlier failure. */
    private static Map<Long, String> statuses(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<Long, String> statuses = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            statuses.merge(
                    Long.parseLong(TopicTail.header(record, "livepeer-seq")),
                    TopicTail.header(record, "livepeer-status"),
                    (a, b) -> a.equals("ok") ? a : b);
        }
        return statuses;
    }

    private void push(long seq, byte[] media, Map<String, String> more) throws Exception {
        rig.pushes
                .pushRaw("cam", seq, 1_000, "P144p30fps16x9", media, more)
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void theStreamGoesOnWhileAWorkerItsChildAndATaskManagerDie() throws Exception {
        List<byte[]> source = segments(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000), 16);
        for (int seq = 0; seq < 16; seq++) {
            push(seq, source.get(seq), Map.of());
            if (seq == 3) {
                worker.killChildren();
            }
            if (seq == 6) {
                worker.kill();
                worker.start();
            }
            if (seq == 10) {
                rig.loseTaskManager(0);
            }
            TimeUnit.MILLISECONDS.sleep(1_000);
        }

        List<ConsumerRecord<byte[], byte[]>> answers =
                until(Topics.RENDITIONS, all -> statuses(all).size() == 16);

        assertThat(statuses(answers).values()).containsOnly("ok");
        long pixels = 256L * 144 * 30;
        assertThat(answers)
                .allMatch(
                        r -> Long.toString(pixels).equals(TopicTail.header(r, "livepeer-pixels")));
        AccountState account = account(16);
        assertThat(account.getChargedSegments()).isEqualTo(16);
        assertThat(Fraction.of(account.getFees())).isEqualTo(Fraction.of(16 * pixels * PRICE));
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
    }

    private AccountState account(long charged) {
        AccountState[] last = new AccountState[1];
        until(
                Topics.LEDGER,
                all -> {
                    for (ConsumerRecord<byte[], byte[]> record : all) {
                        last[0] = TopicTail.decode(LedgerEntry.class, record).getState();
                    }
                    return last[0] != null
                            && last[0].getChargedSegments() >= charged
                            && last[0].getOutstanding() == 0;
                });
        return last[0];
    }

    @Test
    void everythingWrongIsAnsweredOrDeadLetteredAndNothingDies() throws Exception {
        byte[] good = segments(SyntheticOptions.of(320, 180, 30).withSegmentMs(1_000), 1).get(0);
        byte[] hevc =
                segments(
                                SyntheticOptions.of(320, 180, 30)
                                        .withSegmentMs(1_000)
                                        .withCodec(VideoCodec.H265),
                                1)
                        .get(0);
        byte[] garbage = new byte[50_000];
        new Random(1).nextBytes(garbage);
        try (ServerSocket trap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + trap.getLocalPort() + "/a.ts";
            byte[] playlist =
                    ("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + url + "\n#EXT-X-ENDLIST\n")
                            .getBytes(UTF_8);
            byte[] dash =
                    ("<?xml version=\"1.0\"?><MPD><BaseURL>" + url + "</BaseURL></MPD>")
                            .getBytes(UTF_8);
            Map<Long, String> expected = new LinkedHashMap<>();
            expected.put(0L, "ok");
            push(0, good, Map.of());
            expected.put(1L, "TranscoderInvalidVideo|UnsupportedMedia");
            push(1, garbage, Map.of());
            expected.put(2L, "EmptySegment");
            push(2, new byte[0], Map.of());
            expected.put(3L, "ok");
            push(3, Arrays.copyOf(good, good.length * 2 / 3), Map.of());
            expected.put(4L, "ok");
            push(4, hevc, Map.of());
            expected.put(5L, "TranscoderInvalidVideo|UnsupportedMedia");
            push(5, playlist, Map.of());
            expected.put(6L, "TranscoderInvalidVideo|UnsupportedMedia");
            push(6, dash, Map.of());
            expected.put(7L, "InvalidDuration");
            push(7, good, Map.of("livepeer-duration-ms", "0"));
            expected.put(8L, "InvalidDuration");
            push(8, good, Map.of("livepeer-duration-ms", "300001"));
            expected.put(9L, "UnknownProfile");
            push(9, good, Map.of("livepeer-profiles", "P4096p"));
            expected.put(10L, "InvalidProfile");
            push(
                    10,
                    good,
                    Map.of(
                            "livepeer-profiles",
                            "[{\"width\":4097,\"height\":16,\"bitrate\":1000}]"));
            expected.put(11L, "TooManyProfiles");
            push(
                    11,
                    good,
                    Map.of(
                            "livepeer-profiles",
                            String.join(",", java.util.Collections.nCopies(17, "P144p30fps16x9"))));
            expected.put(12L, "SenderNotBound");
            push(12, good, Map.of("livepeer-sender", "0x" + "a".repeat(40)));
            expected.put(13L, "InvalidReference");
            push(
                    13,
                    new byte[0],
                    Map.of(
                            "livepeer-reference", "../../etc/passwd",
                            "livepeer-reference-length", "10",
                            "livepeer-reference-sha256", "0".repeat(64)));
            // A name of the right form that the store never gave out.
            expected.put(14L, "InvalidReference");
            push(
                    14,
                    new byte[0],
                    Map.of(
                            "livepeer-reference", "A".repeat(43),
                            "livepeer-reference-length", "10",
                            "livepeer-reference-sha256", "0".repeat(64)));
            // Declared and paid as 1 s of 144p, in truth far more.
            byte[] longer =
                    segments(SyntheticOptions.of(320, 180, 30).withSegmentMs(8_000), 1).get(0);
            expected.put(15L, "PixelLimitExceeded");
            push(15, longer, Map.of());
            poisonAndForgeries();
            expected.put(16L, "ok");
            push(
                    16,
                    segments(SyntheticOptions.of(16, 16, 30).withSegmentMs(500), 1).get(0),
                    Map.of());

            List<ConsumerRecord<byte[], byte[]>> answers =
                    until(Topics.RENDITIONS, all -> statuses(all).size() == expected.size());

            Map<Long, String> got = statuses(answers);
            expected.forEach(
                    (seq, status) ->
                            assertThat(got.get(seq)).as("segment %s", seq).matches(status));
            trap.setSoTimeout(200);
            org.assertj.core.api.Assertions.assertThatThrownBy(trap::accept)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
        assertThat(rig.wasRestarted(job)).isFalse();
        long paid = 4;
        AccountState account = account(paid);
        assertThat(account.getChargedSegments()).isEqualTo(paid);
        assertThat(Accounts.sumRuleHolds(account)).isTrue();
        assertThat(Fraction.of(account.getGranted()))
                .isEqualTo(Fraction.of(1_000_000_000_000_000L));
    }

    /** Records that carry no MAC, and bytes that are no record, on every topic that is read. */
    private void poisonAndForgeries() throws Exception {
        Properties properties = rig.address.producerProperties();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = "manifest:cam".getBytes(UTF_8);
            byte[] grant =
                    RecordCodec.of(org.livepeer.flink.schemas.ControlCommand.class)
                            .encode(
                                    org.livepeer.flink.schemas.ControlCommand.newBuilder()
                                            .setId("forged")
                                            .setTarget("manifest:cam")
                                            .setIssuedAtMs(0)
                                            .setCommand(
                                                    new org.livepeer.flink.schemas.GrantCredit(
                                                            Fraction.of(1).toRational()))
                                            .build());
            byte[] unknownVersion = grant.clone();
            unknownVersion[4] ^= 1;
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
    }

    private static long letters(
            List<ConsumerRecord<byte[], byte[]>> all, String reason, String topic) {
        return all.stream()
                .filter(r -> reason.equals(TopicTail.header(r, "livepeer-reason")))
                .filter(r -> topic.equals(TopicTail.header(r, "livepeer-origin-topic")))
                .count();
    }
}
