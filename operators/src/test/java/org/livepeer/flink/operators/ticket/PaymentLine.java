package org.livepeer.flink.operators.ticket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.Requests;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Claim;
import org.livepeer.flink.operators.auth.ClusterSecret;
import org.livepeer.flink.operators.ledger.LedgerFunction;
import org.livepeer.flink.operators.ledger.LedgerOptions;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.CheckedPayment;
import org.livepeer.flink.schemas.Coordinates;
import org.livepeer.flink.schemas.DeadLetter;
import org.livepeer.flink.schemas.Event;
import org.livepeer.flink.schemas.FundedRequest;
import org.livepeer.flink.schemas.LedgerEntry;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Receipt;
import org.livepeer.flink.schemas.RecordCodec;
import org.livepeer.flink.schemas.Request;
import org.livepeer.flink.schemas.SegmentResult;
import org.livepeer.flink.schemas.TicketPayment;
import org.livepeer.flink.schemas.TopicRecord;
import org.livepeer.flink.schemas.WinningTicket;

/** Admit, Tickets and Ledger one behind the other, on real RocksDB state. */
final class PaymentLine implements AutoCloseable {
    final OneInputStreamOperatorTestHarness<TopicRecord, CheckedPayment> admit;
    final KeyedOneInputStreamOperatorTestHarness<String, CheckedPayment, LedgerInput> tickets;
    final KeyedBroadcastOperatorTestHarness<String, LedgerInput, LedgerInput, FundedRequest> ledger;

    /** What a checkpoint holds. */
    record Saved(OperatorSubtaskState tickets, OperatorSubtaskState ledger) {}

    PaymentLine(LedgerOptions options, @Nullable Saved from) throws Exception {
        admit =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(new PaymentFunction(() -> Requests.SECRET)));
        setUp(admit, CheckedPayment.class, null);
        tickets =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new TicketsFunction(Claim.at(0))),
                        checked -> checked.getPayment().getSessionId(),
                        Types.STRING);
        setUp(tickets, LedgerInput.class, from == null ? null : from.tickets());
        ledger =
                new KeyedBroadcastOperatorTestHarness<>(
                        new CoBroadcastWithKeyedOperator<>(
                                new LedgerFunction(options, Claim.at(0)),
                                List.of(LedgerFunction.PRICES)),
                        LedgerInput::getAccount,
                        Types.STRING,
                        128,
                        1,
                        0);
        setUp(ledger, FundedRequest.class, from == null ? null : from.ledger());
    }

    private static <T extends SpecificRecordBase> void setUp(
            AbstractStreamOperatorTestHarness<T> harness,
            Class<T> out,
            @Nullable OperatorSubtaskState from)
            throws Exception {
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(
                new AvroTypeInfo<>(out)
                        .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
    }

    static TopicRecord onTopic(TicketPayment payment, long atMs, ClusterSecret secret) {
        byte[] key = payment.getSessionId().getBytes(UTF_8);
        byte[] value = RecordCodec.of(TicketPayment.class).encode(payment);
        return new TopicRecord(
                new Coordinates("payments", 0, 1L, atMs),
                ByteBuffer.wrap(key),
                Map.of(
                        ClusterSecret.MAC_HEADER,
                        ByteBuffer.wrap(secret.mac("payments", key, value))),
                ByteBuffer.wrap(value));
    }

    /** A payment goes all the way; the last word on it. */
    String pay(TicketPayment payment) throws Exception {
        return pay(onTopic(payment, Gateway.T0 + 5, Requests.SECRET));
    }

    String pay(TopicRecord record) throws Exception {
        admit.processElement(new StreamRecord<>(record));
        for (CheckedPayment checked : drain(admit)) {
            tickets.processElement(new StreamRecord<>(checked));
        }
        for (LedgerInput input : drain(tickets)) {
            ledger.processElement(new StreamRecord<>(input));
        }
        List<SegmentResult> said = answers();
        if (said.isEmpty()) {
            return "nothing";
        }
        SegmentResult first = said.get(0);
        return first.getStatus() + (first.getDetail().isEmpty() ? "" : ": " + first.getDetail());
    }

    private static <T> List<T> drain(AbstractStreamOperatorTestHarness<T> harness) {
        List<T> all = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            if (element instanceof StreamRecord<?> record) {
                @SuppressWarnings("unchecked")
                T value = (T) record.getValue();
                all.add(value);
            }
        }
        harness.getOutput().clear();
        return all;
    }

    private static <T> List<T> side(
            AbstractStreamOperatorTestHarness<?> harness, OutputTag<T> tag) {
        Queue<StreamRecord<T>> queue = harness.getSideOutput(tag);
        return queue == null ? List.of() : queue.stream().map(StreamRecord::getValue).toList();
    }

    /** Answers since the last time. */
    List<SegmentResult> answers() {
        List<SegmentResult> all =
                side(ledger, Tags.ANSWERS).stream().map(answer -> answer.getBody()).toList();
        if (ledger.getSideOutput(Tags.ANSWERS) != null) {
            ledger.getSideOutput(Tags.ANSWERS).clear();
        }
        return all;
    }

    /** Requests that went on to Assign since the last time. */
    List<FundedRequest> funded() {
        return drain(ledger);
    }

    List<WinningTicket> wins() {
        return side(tickets, Tags.WINS);
    }

    List<Event> events() {
        return side(ledger, Tags.EVENTS);
    }

    List<DeadLetter> deadLetters() {
        return side(admit, Tags.DEAD_LETTERS);
    }

    /** An account after its last change. */
    AccountState account(String name) {
        return side(ledger, Tags.LEDGER).stream()
                .map(LedgerEntry::getState)
                .filter(state -> state.getAccount().equals(name))
                .reduce((before, after) -> after)
                .orElseThrow();
    }

    void push(Request request) throws Exception {
        ledger.processElement(
                new StreamRecord<>(
                        new LedgerInput(request.getAccount(), request.getAcceptedAtMs(), request)));
    }

    void settle(Receipt receipt) throws Exception {
        ledger.processElement(
                new StreamRecord<>(
                        new LedgerInput(receipt.getAccount(), receipt.getAnsweredAtMs(), receipt)));
    }

    Saved save() throws Exception {
        return new Saved(tickets.snapshot(1, 1), ledger.snapshot(1, 1));
    }

    @Override
    public void close() throws Exception {
        admit.close();
        tickets.close();
        ledger.close();
    }
}
