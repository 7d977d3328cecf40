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
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.ledger.LedgerFunction;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Request;

/**
 * What a transition of Ledger costs one core with 1 000, 100 000 and 1 000 000 accounts in RocksDB.
 *
 * <p>A life is two transitions: a push that reserves, its receipt that charges. The account of each
 * life is drawn uniformly from all, or nine times of ten from the hot hundredth; the request id is
 * new each time. 2 000 other lives pass between a push and its receipt.
 */
class LedgerScaleBenchmark {
    private static final long T0 = 1_800_000_000_000L;
    private static final int BATCH = 2_000;
    private static final int BATCHES = Integer.getInteger("livepeer.benchmark.batches", 15);

    private final TypeSerializer<LedgerInput> in =
            new AvroTypeInfo<>(LedgerInput.class)
                    .createSerializer(new ExecutionConfig().getSerializerConfig());
    private final TypeSerializer<FundedRequest> out =
            new AvroTypeInfo<>(FundedRequest.class)
                    .createSerializer(new ExecutionConfig().getSerializerConfig());
    private final Random random = new Random(1);

    @Test
    void transitionsOfOneCore(@TempDir Path folder) throws Exception {
        BareKeyed bare = new BareKeyed(folder.resolve("bare"), 1_000);
        double least = 0;
        for (int accounts : Sizes.of()) {
            try (var ledger = harness(folder.resolve("ledger-" + accounts))) {
                ledger.setProcessingTime(T0);
                fill(ledger, accounts);
                for (boolean skewed : new boolean[] {false, true}) {
                    IntSupplier pick = Sizes.pick(random, accounts, skewed);
                    Meter meter = new Meter();
                    Meter beside = new Meter();
                    List<Request> open = new ArrayList<>();
                    for (int batch = -Sizes.WARM_BATCHES; batch < BATCHES; batch++) {
                        boolean warm = batch < 0;
                        bare.run(warm ? new Meter() : beside, BATCH);
                        open = lives(ledger, open, pick, warm ? new Meter() : meter);
                    }
                    least = least == 0 ? meter.cpu() : least;
                    Sizes.report("Ledger", accounts, skewed, meter, beside, least);
                }
            }
        }
        bare.close();
    }

    /** Charges what the batch before reserved, reserves as many. */
    private List<Request> lives(
            KeyedBroadcastOperatorTestHarness<String, LedgerInput, LedgerInput, FundedRequest> at,
            List<Request> open,
            IntSupplier pick,
            Meter meter)
            throws Exception {
        List<Request> next = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            Request request = Records.request(pick.getAsInt(), Records.requestId(random), T0);
            next.add(request);
            records.add(bytes(request.getAccount(), request));
            if (i < open.size()) {
                Request done = open.get(i);
                records.add(bytes(done.getAccount(), Records.receipt(done, "worker-1")));
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

    private void fill(
            KeyedBroadcastOperatorTestHarness<String, LedgerInput, LedgerInput, FundedRequest> at,
            int accounts)
            throws Exception {
        for (int account = 0; account < accounts; account++) {
            at.processElement(
                    Harnesses.record(
                            in,
                            bytes(
                                    Records.account(account),
                                    Records.grant(account, 1_000_000_000_000_000L))));
        }
    }

    private byte[] bytes(String account, Object message) throws Exception {
        return Harnesses.bytes(in, new LedgerInput(account, T0, message));
    }

    private KeyedBroadcastOperatorTestHarness<String, LedgerInput, LedgerInput, FundedRequest>
            harness(Path folder) throws Exception {
        var harness =
                new KeyedBroadcastOperatorTestHarness<
                        String, LedgerInput, LedgerInput, FundedRequest>(
                        new CoBroadcastWithKeyedOperator<>(
                                new LedgerFunction(
                                        LedgerOptions.defaults().withPrice("3"), Claim.at(0)),
                                List.of(LedgerFunction.PRICES)),
                        LedgerInput::getAccount,
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
