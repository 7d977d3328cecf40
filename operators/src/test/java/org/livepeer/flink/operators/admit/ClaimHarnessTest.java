package org.livepeer.flink.operators.admit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.assign.AssignFunction;
import org.livepeer.flink.operators.assign.AssignOptions;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.LedgerFunction;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.operators.work.WorkFunction;
import org.livepeer.flink.schemas.AssignInput;
import org.livepeer.flink.schemas.LedgerInput;

/** Nothing that keeps money or calls a worker opens before the deployment is its job's. */
class ClaimHarnessTest {
    private static final String WAITS = "the deployment is another's";
    private static final Claim OTHERS =
            () -> {
                throw new IllegalStateException(WAITS);
            };

    @Test
    void ledgerWaits() {
        assertThatThrownBy(
                        () ->
                                ProcessFunctionTestHarnesses.forKeyedBroadcastProcessFunction(
                                        new LedgerFunction(LedgerOptions.defaults(), OTHERS),
                                        LedgerInput::getAccount,
                                        Types.STRING,
                                        LedgerFunction.PRICES))
                .hasMessageContaining(WAITS);
    }

    @Test
    void assignWaits() throws Exception {
        try (var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new AssignFunction(AssignOptions.defaults(), OTHERS)),
                        AssignInput::getCell,
                        Types.STRING)) {
            assertThatThrownBy(harness::open).hasMessageContaining(WAITS);
        }
    }

    @Test
    void workWaitsBeforeItAnnouncesItself() {
        WorkFunction work = new WorkFunction(() -> null, () -> null, OTHERS);

        assertThatThrownBy(() -> work.open(DefaultOpenContext.INSTANCE))
                .hasMessageContaining(WAITS);
    }

    @Test
    void theEndOfTheJobWaits() throws Exception {
        EpochFunction epochs =
                new EpochFunction(() -> new ClusterSecret(new byte[16]), "mine", OTHERS, false);

        assertThatThrownBy(() -> ProcessFunctionTestHarnesses.forProcessFunction(epochs))
                .hasMessageContaining(WAITS);
    }
}
