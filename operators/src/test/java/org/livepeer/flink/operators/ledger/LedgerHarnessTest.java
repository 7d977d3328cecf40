package org.livepeer.flink.operators.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.SetPrice;

/** The function on real RocksDB state: what a checkpoint keeps, what a restore brings back. */
class LedgerHarnessTest {
    private static final long T0 = 1_000_000;

    private static KeyedBroadcastOperatorTestHarness<
                    String, LedgerInput, LedgerInput, FundedRequest>
            harness(OperatorSubtaskState state) throws Exception {
        LedgerOptions options = LedgerOptions.defaults().withPrice("1/3");
        var harness =
                new KeyedBroadcastOperatorTestHarness<
                        String, LedgerInput, LedgerInput, FundedRequest>(
                        new CoBroadcastWithKeyedOperator<>(
                                new LedgerFunction(options, Claim.at(0)),
                                java.util.List.of(LedgerFunction.PRICES)),
                        LedgerInput::getAccount,
                        Types.STRING,
                        128,
                        1,
                        0);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(
                new AvroTypeInfo<>(FundedRequest.class)
                        .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static StreamRecord<LedgerInput> of(Object message, long at) {
        return new StreamRecord<>(new LedgerInput(Requests.ACCOUNT, at, message));
    }

    private static LedgerEntry last(
            KeyedBroadcastOperatorTestHarness<String, LedgerInput, LedgerInput, FundedRequest>
                    harness) {
        return harness.getSideOutput(Tags.LEDGER).stream()
                .reduce((a, b) -> b)
                .orElseThrow()
                .getValue();
    }

    @Test
    void aRestoreBringsBalancesReservationsAndPricesBack() throws Exception {
        OperatorSubtaskState state;
        ControlCommand price =
                Requests.command("p1", new SetPrice("", Fraction.of(2).toRational()));
        try (var harness = harness(null)) {
            harness.processBroadcastElement(of(price, T0));
            harness.processElement(of(Requests.grant("g1", 100_000_000), T0));
            harness.processElement(of(Requests.request("r1", T0), T0));
            assertThat(harness.extractOutputValues()).hasSize(1);
            state = harness.snapshot(1, T0);
        }
        try (var harness = harness(state)) {
            harness.processElement(of(Requests.receipt("r1", T0, true, 300), T0 + 500));
            assertThat(Fraction.of(last(harness).getState().getFees())).isEqualTo(Fraction.of(100));
            harness.processElement(of(Requests.grant("g1", 100_000_000), T0 + 600));
            assertThat(Fraction.of(last(harness).getState().getGranted()))
                    .isEqualTo(Fraction.of(100_000_000));

            // A new session after the notice of 5 s takes the price that was broadcast before.
            harness.processElement(of(Requests.request("r2", T0 + 100_000), T0 + 100_000));
            assertThat(Fraction.of(last(harness).getState().getSessionPrice()))
                    .isEqualTo(Fraction.of(2));
            assertThat(Accounts.sumRuleHolds(last(harness).getState())).isTrue();
        }
    }

    @Test
    void aPushIsAnsweredWhenTheAccountCannotPay() throws Exception {
        try (var harness = harness(null)) {
            harness.processElement(of(Requests.request("r1", T0), T0));

            assertThat(harness.extractOutputValues()).isEmpty();
            assertThat(harness.getSideOutput(Tags.ANSWERS).peek().getValue().getBody().getStatus())
                    .isEqualTo("InsufficientBalance");
        }
    }
}
