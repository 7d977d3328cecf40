package org.livepeer.flink.operators.admit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.schemas.Clip;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Intake;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Segment;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * Damaged pushes through Admit: each is accepted or becomes one dead letter with its original
 * bytes; none is an exception. {@code -Dlivepeer.fuzz.records=1000000 -Dlivepeer.fuzz.seed=1} for
 * the long run.
 */
class AdmitFuzzHarnessTest {
    private static final int RECORDS = Integer.getInteger("livepeer.fuzz.records", 10_000);
    private static final long SEED = Long.getLong("livepeer.fuzz.seed", 20_261_124L);
    private static final int PER_HARNESS = 5_000;
    private static final String[] TEXTS = {
        "",
        "-1",
        "0",
        "1",
        "1e9",
        "9223372036854775808",
        "NaN",
        "null",
        "\u0000",
        "ü",
        "{",
        "[]",
        "[{}]",
        "[{\"width\":1e99}]",
        "[{\"fps\":-1}]",
        "P240p30fps16x9",
        "P240p30fps16x9,,",
        ",".repeat(100),
        "../x",
        "0x" + "f".repeat(40),
        "a".repeat(5_000)
    };

    private final Random random = new Random(SEED);

    @Test
    void everyRecordIsAcceptedOrADeadLetter() throws Exception {
        Map<String, Integer> counts = new TreeMap<>();
        for (int done = 0; done < RECORDS; done += PER_HARNESS) {
            run(Math.min(PER_HARNESS, RECORDS - done), counts);
        }
        System.out.println("fuzz: seed " + SEED + ", " + RECORDS + " records: " + counts);
        assertThat(counts.get("accepted")).as("some are still good").isPositive();
        assertThat(counts.size()).as("many reasons are met").isGreaterThan(8);
    }

    private void run(int records, Map<String, Integer> counts) throws Exception {
        IntakeFunction function =
                new IntakeFunction(AdmitOptions.defaults(), () -> Requests.SECRET);
        try (var harness = ProcessFunctionTestHarnesses.forProcessFunction(function);
                var payers =
                        ProcessFunctionTestHarnesses.forBroadcastProcessFunction(
                                new AdmitFunction(), AdmitFunction.BINDINGS)) {
            for (int i = 0; i < records; i++) {
                TopicRecord record = damaged(random.nextBoolean() ? avro() : raw());
                byte[] before = bytes(record.getValue());

                harness.processElement(record, 0);
                List<Intake> intake = harness.extractOutputValues();
                for (Intake each : intake) {
                    payers.processElement(each, 0);
                }

                List<DeadLetter> refused = letters(harness.getSideOutput(Tags.DEAD_LETTERS));
                refused.addAll(letters(payers.getSideOutput(Tags.DEAD_LETTERS)));
                int taken = payers.getOutput().size();
                assertThat(taken + refused.size()).as("record %d of seed %d", i, SEED).isEqualTo(1);
                for (DeadLetter letter : refused) {
                    assertThat(bytes(letter.getValue())).isEqualTo(before);
                    assertThat(letter.getDetail()).isNotBlank();
                }
                counts.merge(taken == 1 ? "accepted" : refused.get(0).getReason(), 1, Integer::sum);
                forget(harness);
                forget(payers);
            }
        }
    }

    private static void forget(AbstractStreamOperatorTestHarness<?> harness) {
        harness.getOutput().clear();
        if (harness.getSideOutput(Tags.DEAD_LETTERS) != null) {
            harness.getSideOutput(Tags.DEAD_LETTERS).clear();
        }
        if (harness.getSideOutput(Tags.ANSWERS) != null) {
            harness.getSideOutput(Tags.ANSWERS).clear();
        }
    }

    private static List<DeadLetter> letters(Iterable<StreamRecord<DeadLetter>> output) {
        List<DeadLetter> letters = new ArrayList<>();
        if (output != null) {
            output.forEach(record -> letters.add(record.getValue()));
        }
        return letters;
    }

    private TopicRecord avro() {
        Segment segment =
                Segment.newBuilder()
                        .setManifestId("cam" + random.nextInt(3))
                        .setSeq(random.nextInt(100))
                        .setDurationMs(1 + random.nextInt(10_000))
                        .setProfiles(List.of(Requests.profile()))
                        .setPresets(random.nextBoolean() ? List.of("P240p30fps16x9") : List.of())
                        .setClip(random.nextInt(4) == 0 ? new Clip(0L, 100L) : null)
                        .setPayload(ByteBuffer.wrap(new byte[1 + random.nextInt(200)]))
                        .build();
        TopicRecord record = Requests.raw(segment.getManifestId(), Map.of(), new byte[0]);
        record.setHeaders(new HashMap<>());
        record.setValue(ByteBuffer.wrap(RecordCodec.of(Segment.class).encode(segment)));
        return record;
    }

    private TopicRecord raw() {
        Map<String, String> headers = new HashMap<>();
        headers.put("livepeer-seq", Integer.toString(random.nextInt(100)));
        headers.put("livepeer-duration-ms", "2000");
        headers.put("livepeer-profiles", "P240p30fps16x9,P360p30fps16x9");
        if (random.nextInt(4) == 0) {
            headers.put("livepeer-deadline-ms", "5000");
        }
        return Requests.raw("cam", headers, new byte[1 + random.nextInt(200)]);
    }

    private TopicRecord damaged(TopicRecord record) {
        for (int times = random.nextInt(4); times > 0; times--) {
            switch (random.nextInt(5)) {
                case 0, 1 -> record.setValue(ByteBuffer.wrap(damaged(bytes(record.getValue()))));
                case 2 -> damageHeader(record);
                case 3 -> record.setKey(key());
                default -> {
                    Map<String, ByteBuffer> headers = new HashMap<>(record.getHeaders());
                    headers.keySet().removeIf(name -> random.nextInt(3) == 0);
                    record.setHeaders(headers);
                }
            }
        }
        return record;
    }

    private void damageHeader(TopicRecord record) {
        Map<String, ByteBuffer> headers = new HashMap<>(record.getHeaders());
        String[] names = {
            "livepeer-seq",
            "livepeer-duration-ms",
            "livepeer-profiles",
            "livepeer-sender",
            "livepeer-deadline-ms",
            "livepeer-reference",
            "livepeer-reference-length",
            "livepeer-reference-sha256"
        };
        byte[] text = TEXTS[random.nextInt(TEXTS.length)].getBytes(UTF_8);
        headers.put(
                names[random.nextInt(names.length)],
                ByteBuffer.wrap(random.nextInt(4) == 0 ? damaged(text) : text));
        record.setHeaders(headers);
    }

    private ByteBuffer key() {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> ByteBuffer.wrap(TEXTS[random.nextInt(TEXTS.length)].getBytes(UTF_8));
            default -> ByteBuffer.wrap(damaged("cam".getBytes(UTF_8)));
        };
    }

    private byte[] damaged(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[random.nextInt(20)];
        }
        byte[] changed = bytes.clone();
        return switch (random.nextInt(3)) {
            case 0 -> java.util.Arrays.copyOf(changed, random.nextInt(changed.length));
            case 1 -> java.util.Arrays.copyOf(changed, changed.length + random.nextInt(50));
            default -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                yield changed;
            }
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
