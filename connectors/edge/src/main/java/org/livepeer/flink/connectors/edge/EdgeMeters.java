package org.livepeer.flink.connectors.edge;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.function.Function;
import org.livepeer.flink.connectors.edge.feed.Tables;
import org.livepeer.flink.connectors.edge.playback.Arrival;
import org.livepeer.flink.connectors.edge.playback.StreamCatalog;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.operators.money.Fraction;
import org.livepeer.flink.schemas.AccountState;
import org.livepeer.flink.schemas.Liveness;
import org.livepeer.flink.schemas.Rational;

/**
 * What an edge counts: answers by status, and what it knows of the job, the ledger and the streams.
 * Wei are rounded to a double here; the exact ones are in the ledger.
 */
final class EdgeMeters {
    private final MeterRegistry meters;

    EdgeMeters(MeterRegistry meters, StreamCatalog catalog, Tables tables) {
        this.meters = meters;
        Gauge.builder("livepeer.edge.streams", catalog, c -> c.streams().size()).register(meters);
        Gauge.builder("livepeer.job.silent", tables, EdgeMeters::silentSeconds)
                .baseUnit("seconds")
                .register(meters);
        FunctionCounter.builder("livepeer.job.outages", tables, t -> t.outages().count())
                .register(meters);
        FunctionCounter.builder(
                        "livepeer.job.outage", tables, t -> t.outages().silentMs() / 1_000.0)
                .baseUnit("seconds")
                .register(meters);
        job("livepeer.job.workers", tables, Liveness::getWorkers);
        job("livepeer.job.sessions", tables, Liveness::getSessions);
        job("livepeer.job.requests.running", tables, Liveness::getInFlight);
        job("livepeer.job.requests.parked", tables, Liveness::getParked);
        wei("livepeer.ledger.granted", tables, AccountState::getGranted);
        wei("livepeer.ledger.balance", tables, AccountState::getBalance);
        wei("livepeer.ledger.reserved", tables, AccountState::getReserved);
        wei("livepeer.ledger.fees", tables, AccountState::getFees);
        Gauge.builder(
                        "livepeer.ledger.reservations",
                        tables,
                        t ->
                                t.accounts().stream()
                                        .mapToInt(e -> e.getState().getOutstanding())
                                        .sum())
                .register(meters);
    }

    private static double silentSeconds(Tables tables) {
        long seen = tables.jobSeenAtMs();
        return seen == 0 ? Double.NaN : (System.currentTimeMillis() - seen) / 1_000.0;
    }

    private void job(String name, Tables tables, Function<Liveness, Integer> what) {
        Gauge.builder(name, tables, t -> t.cells().stream().mapToInt(what::apply).sum())
                .register(meters);
    }

    private void wei(String name, Tables tables, Function<AccountState, Rational> what) {
        Gauge.builder(
                        name,
                        tables,
                        t ->
                                t.accounts().stream()
                                        .mapToDouble(e -> rounded(what.apply(e.getState())))
                                        .sum())
                .baseUnit("wei")
                .register(meters);
    }

    private static double rounded(Rational wei) {
        Fraction exact = Fraction.of(wei);
        return new BigDecimal(exact.numerator())
                .divide(new BigDecimal(exact.denominator()), MathContext.DECIMAL64)
                .doubleValue();
    }

    /** An answer went by. */
    void answered(Arrival arrival) {
        String status =
                arrival instanceof Arrival.SegmentFailed failed
                        ? Reason.ofCode(failed.reason()).name()
                        : "ok";
        meters.counter("livepeer.edge.answers", "status", status).increment();
    }
}
