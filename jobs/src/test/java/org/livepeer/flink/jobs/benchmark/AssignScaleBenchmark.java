package org.livepeer.flink.jobs.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.assign.AssignFunction;
import org.livepeer.flink.operators.assign.AssignOptions;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.PlacedRequest;
import org.livepeer.flink.schemas.Request;

/**
 * What a transition of Assign costs one core with 1 000, 100 000 and 1 000 000 sessions alive in
 * one cell of 16 workers, and what its tick of each second costs.
 *
 * <p>A life is two transitions: a funded request that is placed, its receipt. The session of each
 * life is drawn uniformly from all, or nine times of ten from the hot hundredth. 2 000 other lives
 * pass between the two.
 */
class AssignScaleBenchmark {
    private static final long T0 = 1_800_000_000_000L;
    private static final int BATCH = 2_000;
    private static final int BATCHES = Integer.getInteger("livepeer.benchmark.batches", 15);
    private static final int WORKERS = 16;

    private final TypeSerializer<AssignInput> in =
            new AvroTypeInfo<>(AssignInput.class)
                    .createSerializer(new ExecutionConfig().getSerializerConfig());
    private final TypeSerializer<PlacedRequest> out =
            new AvroTypeInfo<>(PlacedRequest.class)
                    .createSerializer(new ExecutionConfig().getSerializerConfig());
    private final Random random = new Random(1);

    @Test
    void transitionsOfOneCore(@TempDir Path folder) throws Exception {
        BareKeyed bare = new BareKeyed(folder.resolve("bare"), 1_000);
        double least = 0;
        for (int sessions : Sizes.of()) {
            try (var assign = harness(folder.resolve("assign-" + sessions))) {
                assign.setProcessingTime(T0);
                for (int worker = 0; worker < WORKERS; worker++) {
                    assign.processElement(record(Records.beat(worker, 1)));
                }
                for (int session = 0; session < sessions; session++) {
                    Request request = Records.request(session, "fill-" + session, T0);
                    assign.processElement(record(Records.funded(request)));
                    assign.processElement(record(Records.receipt(request, "worker-0")));
                }
                for (boolean skewed : new boolean[] {false, true}) {
                    IntSupplier pick = Sizes.pick(random, sessions, skewed);
                    Meter meter = new Meter();
                    Meter beside = new Meter();
                    List<Request> open = new ArrayList<>();
                    for (int batch = -Sizes.WARM_BATCHES; batch < BATCHES; batch++) {
                        boolean warm = batch < 0;
                        bare.run(warm ? new Meter() : beside, BATCH);
                        open = lives(assign, open, pick, warm ? new Meter() : meter);
                    }
                    least = least == 0 ? meter.cpu() : least;
                    Sizes.report("Assign", sessions, skewed, meter, beside, least);
                }
                Meter ticks = new Meter();
                for (int tick = 1; tick <= 10; tick++) {
                    long now = T0 + 11_000 + tick * 1_000L;
                    for (int worker = 0; worker < WORKERS; worker++) {
                        assign.processElement(record(Records.beat(worker, 1 + tick)));
                    }
                    ticks.time(1, () -> assign.setProcessingTime(now));
                }
                System.out.printf(
                        "benchmark: Assign, %d keys: a tick takes %.2f ms of each second%n",
                        sessions, ticks.cpu() / 1e3);
            }
        }
        bare.close();
    }

    private List<Request> lives(
            KeyedOneInputStreamOperatorTestHarness<String, AssignInput, PlacedRequest> at,
            List<Request> open,
            IntSupplier pick,
            Meter meter)
            throws Exception {
        List<Request> next = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            Request request = Records.request(pick.getAsInt(), Records.requestId(random), T0);
            next.add(request);
            records.add(Harnesses.bytes(in, input(Records.funded(request))));
            if (i < open.size()) {
                Request done = open.get(i);
                records.add(Harnesses.bytes(in, input(Records.receipt(done, "worker-1"))));
            }
        }
        meter.time(
                records.size(),
                () -> {
                    for (byte[] record : records) {
                        at.processElement(Harnesses.record(in, record));
                    }
                });
        return next;
    }

    private static AssignInput input(Object message) {
        return new AssignInput("main", T0, message);
    }

    private org.apache.flink.streaming.runtime.streamrecord.StreamRecord<AssignInput> record(
            Object message) throws Exception {
        return Harnesses.record(in, Harnesses.bytes(in, input(message)));
    }

    private KeyedOneInputStreamOperatorTestHarness<String, AssignInput, PlacedRequest> harness(
            Path folder) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new AssignFunction(AssignOptions.defaults(), Claim.at(0))),
                        AssignInput::getCell,
                        Types.STRING,
                        128,
                        1,
                        0);
        harness.setStateBackend(Harnesses.rocksDb(folder));
        harness.setOutputCreator(Harnesses.Writing::new);
        harness.setup(out);
        harness.open();
        return harness;
    }
}
