package org.livepeer.flink.operators.work;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.livepeer.flink.operators.ReasonCounters;
import org.livepeer.flink.operators.Tags;
import org.livepeer.flink.schemas.Answer;
import org.livepeer.flink.schemas.Outcome;

/** Parts an outcome into its answer, which goes on, and its receipt, which goes back to settle. */
public final class SettleFunction extends ProcessFunction<Outcome, Answer> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable ReasonCounters segments;
    private transient @Nullable Histogram latency;
    private transient @Nullable Histogram work;

    @Override
    public void open(OpenContext context) {
        segments = new ReasonCounters(getRuntimeContext().getMetricGroup(), "segments");
        latency =
                getRuntimeContext()
                        .getMetricGroup()
                        .histogram("segmentLatencyMs", new DescriptiveStatisticsHistogram(1_000));
        work =
                getRuntimeContext()
                        .getMetricGroup()
                        .histogram("workMs", new DescriptiveStatisticsHistogram(1_000));
    }

    @Override
    public void processElement(Outcome outcome, Context context, Collector<Answer> out) {
        context.output(Tags.RECEIPTS, outcome.getReceipt());
        out.collect(outcome.getAnswer());
        if (segments != null && latency != null && work != null) {
            if (outcome.getReceipt().getSuccess()) {
                work.update(outcome.getReceipt().getWorkMs());
            }
            segments.count(outcome.getReceipt().getReason());
            latency.update(
                    outcome.getReceipt().getAnsweredAtMs()
                            - outcome.getReceipt().getAcceptedAtMs());
        }
    }
}
