package org.livepeer.flink.jobs.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.ledger.Accounts;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Request;

/** The bare stack's operator: reads and writes one ValueState for each record, sends it on. */
final class BareKeyed implements AutoCloseable {
    private static final long T0 = 1_800_000_000_000L;

    private final TypeSerializer<LedgerInput> serializer =
            new AvroTypeInfo<>(LedgerInput.class)
                    .createSerializer(new ExecutionConfig().getSerializerConfig());
    private final KeyedOneInputStreamOperatorTestHarness<String, LedgerInput, LedgerInput> harness;
    private final Random random = new Random(2);
    private final int keys;

    BareKeyed(Path folder, int keys) throws Exception {
        this.keys = keys;
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new Touch()),
                        LedgerInput::getAccount,
                        Types.STRING,
                        128,
                        1,
                        0);
        harness.setStateBackend(Harnesses.rocksDb(folder));
        harness.setOutputCreator(Harnesses.Writing::new);
        harness.setup(serializer);
        harness.open();
    }

    void run(Meter meter, int count) throws Exception {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Request request = Records.request(random.nextInt(keys), Records.requestId(random), T0);
            records.add(
                    Harnesses.bytes(
                            serializer, new LedgerInput(request.getAccount(), T0, request)));
        }
        meter.time(
                count,
                () -> {
                    for (byte[] record : records) {
                        harness.processElement(Harnesses.record(serializer, record));
                    }
                });
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    private static final class Touch
            extends KeyedProcessFunction<String, LedgerInput, LedgerInput> {
        private static final long serialVersionUID = 1L;

        private transient ValueState<AccountState> account;

        @Override
        public void open(OpenContext context) {
            account =
                    getRuntimeContext()
                            .getState(
                                    new ValueStateDescriptor<>(
                                            "account", new AvroTypeInfo<>(AccountState.class)));
        }

        @Override
        public void processElement(LedgerInput input, Context context, Collector<LedgerInput> out)
                throws Exception {
            AccountState known = account.value();
            AccountState state = known == null ? Accounts.empty(context.getCurrentKey()) : known;
            state.setChargedSegments(state.getChargedSegments() + 1);
            account.update(state);
            out.collect(input);
        }
    }
}
