package org.livepeer.flink.operators.admit;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Admission.Accepted;
import org.livepeer.flink.operators.admit.Admission.Rejected;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.BindSender;
import org.livepeer.flink.schemas.BindingHistory;
import org.livepeer.flink.schemas.ControlCommand;
import org.livepeer.flink.schemas.Intake;
import org.livepeer.flink.schemas.LedgerInput;
import org.livepeer.flink.schemas.Request;

/** Decides who pays for a push ({@link Admission}); keeps the operator's sender bindings. */
public final class AdmitFunction
        extends BroadcastProcessFunction<Intake, LedgerInput, LedgerInput> {
    private static final long serialVersionUID = 1L;

    /**
     * Manifest to the senders that it was bound to. No TTL: a binding holds until it is changed.
     */
    public static final MapStateDescriptor<String, BindingHistory> BINDINGS =
            new MapStateDescriptor<>(
                    "bindings", Types.STRING, new AvroTypeInfo<>(BindingHistory.class));

    private transient @Nullable ReasonCounters rejections;

    @Override
    public void open(OpenContext context) {
        rejections = new ReasonCounters(getRuntimeContext().getMetricGroup(), "rejected");
    }

    @Override
    public void processElement(Intake intake, ReadOnlyContext context, Collector<LedgerInput> out)
            throws Exception {
        ReadOnlyBroadcastState<String, BindingHistory> bindings =
                context.getBroadcastState(BINDINGS);
        Admission.Verdict verdict =
                Admission.admit(
                        intake,
                        (manifest, atMs) -> Bindings.senderAt(history(bindings, manifest), atMs),
                        context.currentProcessingTime());
        if (verdict instanceof Accepted accepted) {
            Request request = accepted.request();
            out.collect(new LedgerInput(request.getAccount(), request.getAcceptedAtMs(), request));
        } else if (verdict instanceof Rejected rejected) {
            reject(rejected, context);
        }
    }

    private void reject(Rejected rejected, ReadOnlyContext context) {
        Answer answer = rejected.answer();
        if (answer != null) {
            context.output(Tags.ANSWERS, answer);
        }
        context.output(Tags.DEAD_LETTERS, rejected.deadLetter());
        if (rejections != null) {
            rejections.count(rejected.deadLetter().getReason());
        }
    }

    @Override
    public void processBroadcastElement(
            LedgerInput input, Context context, Collector<LedgerInput> out) throws Exception {
        if (input.getMessage() instanceof ControlCommand command
                && command.getCommand() instanceof BindSender bind) {
            BroadcastState<String, BindingHistory> bindings = context.getBroadcastState(BINDINGS);
            String manifest = bind.getManifestId();
            bindings.put(
                    manifest,
                    Bindings.after(bindings.get(manifest), command, bind, input.getTimestampMs()));
        }
    }

    private static @Nullable BindingHistory history(
            ReadOnlyBroadcastState<String, BindingHistory> bindings, String manifest) {
        try {
            return bindings.get(manifest);
        } catch (Exception e) {
            throw new IllegalStateException("broadcast state cannot be read", e);
        }
    }
}
