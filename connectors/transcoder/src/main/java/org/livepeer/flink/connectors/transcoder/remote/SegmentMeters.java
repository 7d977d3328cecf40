package org.livepeer.flink.connectors.transcoder.remote;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;

/** What a transcoder of an orchestrator counts. */
final class SegmentMeters {
    private final MeterRegistry meters;

    SegmentMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** What it works on now. */
    void watch(IntSupplier running, IntSupplier sessions, IntSupplier registered) {
        Gauge.builder("livepeer.standalone.running", running::getAsInt).register(meters);
        Gauge.builder("livepeer.standalone.sessions", sessions::getAsInt).register(meters);
        Gauge.builder("livepeer.standalone.registered", registered::getAsInt).register(meters);
    }

    /**
     * A segment ended.
     *
     * @param outcome ok, or at which step it ended: refused, download, transcode, post
     * @param took from its arrival to the orchestrator's answer to its result
     */
    void ended(String outcome, Duration took) {
        Timer.builder("livepeer.standalone.segments")
                .tag("outcome", outcome)
                .register(meters)
                .record(took);
    }

    /** A try to register. */
    void registering() {
        meters.counter("livepeer.standalone.registrations").increment();
    }
}
