package org.livepeer.flink.jobs.orchestrator;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.livepeer.flink.operators.assign.AssignFunction;
import org.livepeer.flink.operators.ledger.LedgerFunction;
import org.livepeer.flink.operators.settlement.SettlementFunction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Lease;
import org.livepeer.flink.schemas.Redemption;

/** Reads the job's state out of a savepoint or a retained checkpoint. */
public final class SavedState {
    private SavedState() {}

    /** Every account. */
    public static List<AccountState> accounts(String path) throws Exception {
        return read(path, "ledger", new AccountReader(), AccountState.class);
    }

    /** Every lease. */
    public static List<Lease> leases(String path) throws Exception {
        return read(path, "assign", new LeaseReader(), Lease.class);
    }

    /** Tickets that pay and have not ended. */
    public static List<Redemption> openTickets(String path) throws Exception {
        return read(path, "settlement", new TicketReader(), Redemption.class);
    }

    private static <T extends org.apache.avro.specific.SpecificRecordBase> List<T> read(
            String path, String uid, KeyedStateReaderFunction<String, T> reader, Class<T> type)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.setMaxParallelism(OrchestratorJob.MAX_PARALLELISM);
        SavepointReader savepoint =
                SavepointReader.read(env, path, new EmbeddedRocksDBStateBackend());
        TypeInformation<T> info = new AvroTypeInfo<>(type);
        DataStream<T> state =
                savepoint.readKeyedState(
                        OperatorIdentifier.forUid(uid), reader, Types.STRING, info);
        List<T> all = new ArrayList<>();
        try (CloseableIterator<T> values = state.executeAndCollect()) {
            values.forEachRemaining(all::add);
        }
        return all;
    }

    private static final class AccountReader
            extends KeyedStateReaderFunction<String, AccountState> {
        private static final long serialVersionUID = 1L;
        private transient ValueState<AccountState> account;

        @SuppressWarnings("NullAway.Init")
        AccountReader() {}

        @Override
        public void open(org.apache.flink.api.common.functions.OpenContext context) {
            account = getRuntimeContext().getState(LedgerFunction.ACCOUNT);
        }

        @Override
        public void readKey(String key, Context context, Collector<AccountState> out)
                throws Exception {
            AccountState value = account.value();
            if (value != null) {
                out.collect(value);
            }
        }
    }

    private static final class LeaseReader extends KeyedStateReaderFunction<String, Lease> {
        private static final long serialVersionUID = 1L;
        private transient MapState<String, Lease> leases;

        @SuppressWarnings("NullAway.Init")
        LeaseReader() {}

        @Override
        public void open(org.apache.flink.api.common.functions.OpenContext context) {
            leases = getRuntimeContext().getMapState(AssignFunction.LEASES);
        }

        @Override
        public void readKey(String key, Context context, Collector<Lease> out) throws Exception {
            leases.values().forEach(out::collect);
        }
    }

    private static final class TicketReader extends KeyedStateReaderFunction<String, Redemption> {
        private static final long serialVersionUID = 1L;
        private transient MapState<String, Redemption> tickets;

        @SuppressWarnings("NullAway.Init")
        TicketReader() {}

        @Override
        public void open(org.apache.flink.api.common.functions.OpenContext context) {
            tickets = getRuntimeContext().getMapState(SettlementFunction.OPEN_TICKETS);
        }

        @Override
        public void readKey(String key, Context context, Collector<Redemption> out)
                throws Exception {
            tickets.values().forEach(out::collect);
        }
    }
}
