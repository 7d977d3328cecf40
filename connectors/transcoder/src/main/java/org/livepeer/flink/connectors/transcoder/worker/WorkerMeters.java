package org.livepeer.flink.connectors.transcoder.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.livepeer.flink.operators.Reason;

/** What a worker counts: its work by outcome with the time it took, refusals, load. */
final class WorkerMeters {
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(4),
        Duration.ofSeconds(8),
        Duration.ofSeconds(16)
    };

    private final MeterRegistry meters;

    WorkerMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Load and capacity of a worker. */
    void watch(WorkerOptions options, Works works) {
        Gauge.builder("livepeer.worker.running", works, Works::running).register(meters);
        Gauge.builder("livepeer.worker.queued", works, Works::queued).register(meters);
        Gauge.builder("livepeer.worker.slots", options::slots).register(meters);
        Gauge.builder("livepeer.worker.capacity", options::capacityPixelsPerSecond)
                .baseUnit("pixels_per_second")
                .register(meters);
        counter(Reason.TranscoderBusy);
        counter(Reason.WorkerDraining);
    }

    private Counter counter(Reason reason) {
        return meters.counter("livepeer.worker.refused", "reason", reason.name());
    }

    /** Work ended. */
    void worked(Outcome outcome, long nanos) {
        String result = outcome instanceof Outcome.Refused refused ? refused.reason().name() : "ok";
        Timer.builder("livepeer.worker.work")
                .tag("outcome", result)
                .serviceLevelObjectives(BOUNDS)
                .register(meters)
                .record(Duration.ofNanos(nanos));
    }

    /** A request was turned away before any work. */
    void refused(Reason reason) {
        counter(reason).increment();
    }
}
