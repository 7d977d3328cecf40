package org.livepeer.flink.operators.admit;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.operators.admit.Admission.Rejected;
import org.livepeer.flink.operators.admit.Admission.Taken;
import org.livepeer.flink.operators.auth.SecretSource;
import org.livepeer.flink.operators.auth.StampSeal;
import org.livepeer.flink.operators.segment.HeldMedia;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.Intake;
import org.livepeer.flink.schemas.TopicRecord;

/**
 * The part of Admit that needs a push's bytes. It runs in the source's own task, so that media goes
 * through no network buffer: it is hashed and held here, and what goes on is small.
 */
public final class IntakeFunction extends ProcessFunction<TopicRecord, Intake> {
    private static final long serialVersionUID = 1L;

    private final AdmitOptions options;
    private final SecretSource secret;
    private transient @Nullable Admission admission;
    private transient @Nullable ReasonCounters rejections;

    /**
     * @param secret of the cluster: knows the stamps of its edges
     */
    public IntakeFunction(AdmitOptions options, SecretSource secret) {
        this.options = options;
        this.secret = secret;
    }

    @Override
    public void open(OpenContext context) {
        admission = rules();
        rejections = new ReasonCounters(getRuntimeContext().getMetricGroup(), "rejected");
    }

    private Admission rules() {
        return new Admission(options, new StampSeal(secret.secret()));
    }

    @Override
    public void processElement(TopicRecord push, Context context, Collector<Intake> out) {
        Admission rules = admission == null ? rules() : admission;
        Admission.Verdict verdict =
                rules.take(push, context.timerService().currentProcessingTime());
        if (verdict instanceof Taken taken) {
            Intake intake = taken.intake();
            if (taken.media().hasRemaining()) {
                HeldMedia media = HeldMedia.here();
                media.hold(intake.getRequest().getOrigin(), taken.media());
                intake.getRequest().setHeldBy(media.process());
            }
            out.collect(intake);
        } else if (verdict instanceof Rejected rejected) {
            Answer answer = rejected.answer();
            if (answer != null) {
                context.output(Tags.ANSWERS, answer);
            }
            context.output(Tags.DEAD_LETTERS, rejected.deadLetter());
            if (rejections != null) {
                rejections.count(rejected.deadLetter().getReason());
            }
        }
    }
}
