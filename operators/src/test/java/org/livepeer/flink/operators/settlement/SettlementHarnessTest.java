package org.livepeer.flink.operators.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ticket.Recipient;
import org.livepeer.flink.operators.ticket.RecipientRands;
import org.livepeer.flink.schemas.OutboxEntry;
import org.livepeer.flink.schemas.SettlementInput;
import org.livepeer.flink.schemas.WinningTicket;

/** The function in Flink: its state through restores, its timers, its outputs. */
class SettlementHarnessTest {
    private static final ClusterSecret SECRET = new ClusterSecret(new byte[32]);
    private static final RecipientRands RANDS = Recipient.secret(SECRET);

    private final FakeChain chain = new FakeChain();
    private final List<OutboxEntry> log = new ArrayList<>();
    private int read;
    private long now = 1_000;

    private KeyedOneInputStreamOperatorTestHarness<String, SettlementInput, OutboxEntry> harness()
            throws Exception {
        SettlementOptions options =
                new SettlementOptions(
                        Wins.RECIPIENT.bytes(), 4, BigInteger.ZERO, 10_000, 50, false, false, 10);
        KeyedOneInputStreamOperatorTestHarness<String, SettlementInput, OutboxEntry> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(
                                new SettlementFunction(
                                        options, () -> SECRET, () -> chain, () -> chain)),
                        SettlementInput::getAccount,
                        Types.STRING);
        harness.setProcessingTime(now);
        return harness;
    }

    private static SettlementInput input(Object message) {
        return new SettlementInput(FakeChain.ACCOUNT.lower(), 0L, message);
    }

    /** Goes on for so many looks; what is written comes back. */
    private void run(
            KeyedOneInputStreamOperatorTestHarness<String, SettlementInput, OutboxEntry> harness,
            int turns)
            throws Exception {
        for (int i = 0; i < turns; i++) {
            int before = chain.looks;
            for (int wait = 0; wait < 100 && chain.looks == before; wait++) {
                now += 50;
                harness.setProcessingTime(now);
                log.addAll(harness.extractOutputValues());
                harness.getOutput().clear();
                while (read < log.size()) {
                    harness.processElement(input(log.get(read++)), now);
                }
                Thread.sleep(2);
            }
            chain.mine();
        }
    }

    @Test
    void goesOnAfterARestore() throws Exception {
        WinningTicket win = Wins.of(RANDS, 1, 1_000_000_000L, 5, 1_000);
        OperatorSubtaskState state;
        int readThen;
        try (var harness = harness()) {
            harness.open();
            harness.processElement(input(null), now);
            harness.processElement(input(win), now);
            state = harness.snapshot(1, now);
            readThen = read;
            run(harness, 4);
            assertThat(chain.signed).hasSize(1);
        }
        now += 1_000;
        // From before its own beginning: it reads the outbox again and signs nothing.
        read = readThen;
        try (var harness = harness()) {
            harness.initializeState(state);
            harness.open();
            run(harness, 12);
            assertThat(chain.signed).hasSize(1);
            assertThat(harness.getSideOutput(SettlementFunction.REDEMPTIONS))
                    .last()
                    .extracting(each -> each.getValue().getState().name())
                    .isEqualTo("CONFIRMED");
            assertThat(harness.getSideOutput(Tags.EVENTS))
                    .extracting(each -> each.getValue().getType())
                    .contains("RedemptionSent", "TicketRedeemed");
            assertThat(chain.paid()).hasSize(1);
            harness.processElement(input(win), now);
            run(harness, 4);
            assertThat(chain.signed).hasSize(1);
        }
    }
}
